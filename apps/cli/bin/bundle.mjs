// Finds the bundled programs: in a package there is nothing else, in a checkout they are used while no source has changed.
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../../', import.meta.url)
/** Commands that need only the files that `first` lists: to look at all of them would take a tenth of their time. */
const shortCommands = new Set(['usage', 'stats'])

/**
 * @param {string} [word] the command to run
 * @param {URL} [place] the folder of the checkout or package
 * @returns {string | undefined} path of the command line's program; undefined where its sources have to run
 */
export function findBundle(word, place = root) {
  const file = (path) => new URL(path, place)
  if (!fs.existsSync(file('apps/cli/src/main.ts'))) return fileURLToPath(file('dist/bundle/cli.cjs'))
  try {
    const { folder, first } = readJson(file('dist/bundle.json'))
    const program = file(`dist/${folder}/cli.cjs`)
    const sources = shortCommands.has(word) ? first : readJson(file(`dist/${folder}/sources.json`))
    return sources.every((source) => isSame(file(source[0]), source)) && fs.existsSync(program) ? fileURLToPath(program) : undefined
  } catch {
    // Not built, or being built.
    return undefined
  }
}

/** What is noted of a source: its path, size and time. */
export function noteOf(path, place = root) {
  const { size, mtimeMs } = fs.statSync(new URL(path, place))
  return [path, size, mtimeMs]
}

function isSame(file, [, size, mtimeMs]) {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  return stat?.size === size && stat.mtimeMs === mtimeMs
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'))
}
