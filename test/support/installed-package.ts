import fs from 'node:fs'
import path from 'node:path'
import { sharedCache } from '../../scripts/setup/repository.mjs'
import { digest } from '../../scripts/setup/stamp.mjs'
import { run } from './child.ts'

/** Sets of dependencies that stay in the cache: enough for a few branches. */
const MAX_CACHED_SETS = 3

/**
 * Installs tarballs into an empty folder as `npm install` does, without scripts. What the first depends on is kept in the cache
 * of the user, by its versions: from the second time on npm adds only the packages themselves, and needs no network.
 */
export async function installPackages(tarballs: readonly string[], folder: string): Promise<void> {
  const manifest = path.join(folder, 'package.json')
  fs.writeFileSync(manifest, '{"private":true}')
  const packed = await run('tar', ['-xzOf', tarballs[0] ?? '', 'package/package.json'])
  const { dependencies, optionalDependencies } = JSON.parse(packed.stdout) as Record<string, unknown>
  const system = `${process.platform}-${process.arch}`
  const sets = path.join(sharedCache, 'npm-package')
  const set = path.join(sets, digest([], JSON.stringify([system, dependencies, optionalDependencies])).slice(0, 16))
  const modules = path.join(folder, 'node_modules')
  const isCached = fs.existsSync(set)
  if (isCached) {
    fs.cpSync(set, modules, { recursive: true, verbatimSymlinks: true })
    fs.utimesSync(set, new Date(), new Date())
  }
  const quiet = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error', isCached ? '--offline' : '--prefer-offline']
  const { code, stdout, stderr } = await run('npm', ['install', '--ignore-scripts', ...quiet, ...tarballs], { cwd: folder })
  if (code !== 0) throw new Error(`npm could not install ${tarballs.join(' ')}: ${stdout}${stderr}`)
  if (!isCached) keep(modules, set)
}

/** Copied beside its place and renamed: a killed test leaves no half of a set. */
function keep(modules: string, set: string): void {
  const sets = path.dirname(set)
  fs.mkdirSync(sets, { recursive: true })
  const draft = fs.mkdtempSync(path.join(sets, 'draft-'))
  const own = new Set(['signalbox', '@signalbox', '.bin/signalbox', '.package-lock.json'].map((name) => path.join(modules, name)))
  try {
    fs.cpSync(modules, draft, { recursive: true, verbatimSymlinks: true, filter: (file) => !own.has(file) })
    if (!fs.existsSync(set)) fs.renameSync(draft, set)
  } finally {
    fs.rmSync(draft, { recursive: true, force: true })
  }
  const all = fs
    .readdirSync(sets)
    .filter((entry) => !entry.startsWith('draft-'))
    .map((entry) => path.join(sets, entry))
  const byUse = all.map((at) => ({ at, used: fs.statSync(at).mtimeMs })).sort((a, b) => b.used - a.used)
  for (const { at } of byUse.slice(MAX_CACHED_SETS)) fs.rmSync(at, { recursive: true, force: true })
}
