'use strict'
// Finds the bundled programs: in a package there is nothing else, in a checkout they are used while no source has changed.
const fs = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '../../..')
/** Commands that need only the files that `first` lists: to look at all of them would take a tenth of their time. */
const shortCommands = new Set(['usage', 'stats'])

/**
 * @param {string} [word] the command to run
 * @param {string} [place] the folder of the checkout or package
 * @returns {string | undefined} path of the command line's program; undefined where its sources have to run
 */
function findBundle(word, place = root) {
  if (!fs.existsSync(path.join(place, 'apps/cli/src/main.ts'))) return path.join(place, 'dist/bundle/cli.cjs')
  try {
    const { folder, first } = readJson(path.join(place, 'dist/bundle.json'))
    const program = path.join(place, 'dist', folder, 'cli.cjs')
    const sources = shortCommands.has(word) ? first : readJson(path.join(place, 'dist', folder, 'sources.json'))
    return sources.every((source) => isSame(place, source)) && fs.existsSync(program) ? program : undefined
  } catch {
    // Not built, or being built.
    return undefined
  }
}

/** What is noted of a source: its path, size and time. */
function noteOf(file, place = root) {
  const { size, mtimeMs } = fs.statSync(path.join(place, file))
  return [file, size, mtimeMs]
}

function isSame(place, [file, size, mtimeMs]) {
  const stat = fs.statSync(`${place}/${file}`, { throwIfNoEntry: false })
  return stat !== undefined && stat.size === size && stat.mtimeMs === mtimeMs
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'))
}

module.exports = { findBundle, noteOf }
