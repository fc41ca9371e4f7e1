import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** Hashes files and folders (names and contents); a missing one counts as empty. */
export function digest(paths, salt = '') {
  const hash = createHash('sha256').update(salt)
  for (const file of paths.flatMap(walk)) hash.update(`\0${path.basename(file)}\0`).update(fs.readFileSync(file))
  return hash.digest('hex')
}

function walk(place) {
  const stat = fs.statSync(place, { throwIfNoEntry: false })
  if (!stat) return []
  if (!stat.isDirectory()) return [place]
  return fs
    .readdirSync(place)
    .filter((name) => !['node_modules', 'dist', '.cache'].includes(name) && !name.endsWith('.test.ts'))
    .sort()
    .flatMap((name) => walk(path.join(place, name)))
}

/** Whether the stamp of the last success has this value. */
export function isFresh(stamp, value) {
  try {
    return fs.readFileSync(stamp, 'utf8') === value
  } catch {
    return false
  }
}

export function writeStamp(stamp, value) {
  fs.mkdirSync(path.dirname(stamp), { recursive: true })
  fs.writeFileSync(stamp, value)
}
