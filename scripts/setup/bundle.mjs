import fs from 'node:fs'
import path from 'node:path'
import { findBundle, noteOf } from '../../apps/cli/bin/bundle.cjs'
import { bundle } from '../bundle/bundle.mjs'
import { repositoryRoot } from './repository.mjs'
import { run } from './run.mjs'
import { digest } from './stamp.mjs'

const dist = path.join(repositoryRoot, 'dist')
/** Bundles that stay: a program that runs loads more of its own when it needs it. */
const MAX_BUNDLES = 3
/** What the bundle is made of beside its sources. */
const makers = ['package-lock.json', ...['bundle.mjs', 'locate.mjs', 'sqlite.cjs', 'table.mjs'].map((name) => `scripts/bundle/${name}`)]

/**
 * Bundles the programs into `dist` when a source has changed: a command then starts in half the time. Where that fails, they
 * run from their sources.
 * @param {string} node the Node that runs the bundler
 */
export function setupBundle(node) {
  if (findBundle() !== undefined) return
  console.log('setup: bundling the programs …')
  run(node, [import.meta.filename])
}

async function build() {
  const startedAt = Date.now()
  fs.mkdirSync(dist, { recursive: true })
  const next = fs.mkdtempSync(path.join(dist, 'bundle-next-'))
  // A temporary folder is its maker's alone, but other users may run the programs.
  fs.chmodSync(next, 0o755)
  try {
    const { sources, firstSources } = await bundle(next)
    // Of a file that was written meanwhile, either text may be in the bundle.
    if (sources.some((file) => fs.statSync(path.join(repositoryRoot, file)).mtimeMs >= startedAt)) return
    const folder = `bundle-${digest([next]).slice(0, 8)}`
    const place = path.join(dist, folder)
    // The same sources give the same files, and a program may be running from them.
    if (!fs.existsSync(place)) fs.renameSync(next, place)
    writeNotes(path.join(place, 'sources.json'), (notesOf) => notesOf(sources))
    writeNotes(path.join(dist, 'bundle.json'), (notesOf) => ({ folder, first: notesOf(firstSources) }))
    fs.utimesSync(place, new Date(), new Date())
    removeOldBundles()
  } finally {
    fs.rmSync(next, { recursive: true, force: true })
  }
}

function writeNotes(file, notes) {
  const draft = `${file}.${process.pid}`
  fs.writeFileSync(draft, JSON.stringify(notes((sources) => [...makers, ...sources].map((source) => noteOf(source)))))
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

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) await build()
