// What an installed package `signalbox` consists of: the staged files, and the libraries that it needs, in the versions of the
// lock file, from the checkout.
import fs from 'node:fs'
import path from 'node:path'
import { modules, repositoryRoot } from '../setup/repository.mjs'

/** Of packages, what no program reads. */
const unread =
  /\.(?:d\.[cm]?ts|map|md|markdown|flow|ts|test\.js|npmignore)$|\/(?:test|tests|docs|examples|benchmarks?)\/|^node_modules\/better-sqlite3\/(?:deps|src|prebuilds)\//

/**
 * @param {string} stage the folder that `stageSignalbox` has filled
 * @param {readonly string[]} systems whose binaries of SQLite are needed, such as `linux-x64`
 * @returns {[name: string, file: string][]} the place of each file below the root of the installation, and its path
 */
export function installedFiles(stage, systems) {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(stage, 'package.json'), 'utf8'))
  const folders = new Set()
  for (const name of Object.keys(dependencies)) addPackage(name, modules, folders)
  const files = [...filesBelow(stage, stage, '')]
  for (const folder of folders) files.push(...filesBelow(folder, folder, `${path.relative(repositoryRoot, folder)}/`))
  return files.filter(([name]) => !unread.test(name) || systems.some((system) => name.endsWith(`prebuilds/${system}.node`)))
}

/** A package with what it depends on, each where Node finds it from there. */
function addPackage(name, from, folders) {
  const nested = path.join(from, 'node_modules', name)
  const folder = fs.existsSync(nested) ? nested : path.join(modules, name)
  if (folders.has(folder) || !fs.existsSync(path.join(folder, 'package.json'))) return
  folders.add(folder)
  const { dependencies = {} } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  for (const dependency of Object.keys(dependencies)) addPackage(dependency, folder, folders)
}

/** Name in the archive and path of each file; packages inside a package are packages of their own. */
export function* filesBelow(place, base, prefix) {
  if (!fs.statSync(place).isDirectory()) return yield [prefix + path.relative(base, place), place]
  for (const entry of fs.readdirSync(place, { withFileTypes: true })) {
    if (entry.isSymbolicLink() || (entry.name === 'node_modules' && prefix !== '')) continue
    yield* filesBelow(path.join(place, entry.name), base, prefix)
  }
}
