// Where tests keep their temporary files. A commit to a database waits for the disk, 11 ms on a slow one, and tests make many
// thousands; in memory it takes a hundredth of that. What tests prove of durability is that a killed process loses nothing.
import fs from 'node:fs'
import os from 'node:os'

const FOLDER = '/dev/shm'
/** More than the tests that run at once have ever had. */
const MIN_FREE_BYTES = 4 * 1024 ** 3
/** With what the programs of the tests need. */
const MIN_FREE_MEMORY_BYTES = 10 * 1024 ** 3

/** @returns {string | undefined} a folder in memory; undefined where there is none, or not enough room: then they are on the disk */
export function memoryFolder(mounts = readMounts(), free = freeBytes(), freeMemory = os.freemem()) {
  const [, , type, options = ''] = mounts.find(([, folder]) => folder === FOLDER) ?? []
  // Tests start programs from there.
  const isUsable = type === 'tmpfs' && !options.split(',').some((option) => option === 'noexec' || option === 'ro')
  return isUsable && free >= MIN_FREE_BYTES && freeMemory >= MIN_FREE_MEMORY_BYTES ? FOLDER : undefined
}

/** @returns {string[][]} the fields of each mount: device, folder, type, options; empty on systems that do not list them */
function readMounts() {
  try {
    return fs
      .readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
  } catch {
    return []
  }
}

function freeBytes() {
  try {
    const { bavail, bsize } = fs.statfsSync(FOLDER)
    return bavail * bsize
  } catch {
    return 0
  }
}
