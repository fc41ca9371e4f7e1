import fs from 'node:fs'
import path from 'node:path'
import { findBundle, noteOf } from '../../apps/cli/bin/bundle.mjs'
import { bundle } from '../bundle/bundle.mjs'
import { modules, repositoryRoot } from './repository.mjs'
import { digest } from './stamp.mjs'

const dist = path.join(repositoryRoot, 'dist')
/** Bundles that stay: a program that runs loads more of its own when it needs it. */
const MAX_BUNDLES = 3
/** What the bundle is made of beside its sources. */
const makers = ['package-lock.json', ...['bundle.mjs', 'locate.mjs', 'sqlite.cjs', 'table.mjs'].map((name) => `scripts/bundle/${name}`)]

/** Bundles the programs into `dist` when a source has changed: a command then starts in half the time. */
export async function setupBundle() {
  if (findBundle() !== undefined || !fs.existsSync(path.join(modules, 'rolldown'))) return
  fs.mkdirSync(dist, { recursive: true })
  const next = fs.mkdtempSync(path.join(dist, 'bundle-'))
  try {
    const { sources, firstSources } = await bundle(next)
    const folder = `bundle-${digest([next]).slice(0, 8)}`
    fs.writeFileSync(path.join(next, 'sources.json'), JSON.stringify([...makers, ...sources].map((file) => noteOf(file))))
    const place = path.join(dist, folder)
    // The same sources give the same files, and a program may be running from them.
    if (fs.existsSync(place)) fs.copyFileSync(path.join(next, 'sources.json'), path.join(place, 'sources.json'))
    else fs.renameSync(next, place)
    replaceFile(path.join(dist, 'bundle.json'), JSON.stringify({ folder, first: [...makers, ...firstSources].map((file) => noteOf(file)) }))
    fs.utimesSync(place, new Date(), new Date())
    removeOldBundles()
  } finally {
    fs.rmSync(next, { recursive: true, force: true })
  }
}

function replaceFile(file, text) {
  const draft = `${file}.${process.pid}`
  fs.writeFileSync(draft, text)
  fs.renameSync(draft, file)
}

function removeOldBundles() {
  const bundles = fs
    .readdirSync(dist)
    .filter((name) => /^bundle-[0-9a-f]{8}$/.test(name))
    .map((name) => ({ name, at: fs.statSync(path.join(dist, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at)
  for (const { name } of bundles.slice(MAX_BUNDLES)) fs.rmSync(path.join(dist, name), { recursive: true, force: true })
}
