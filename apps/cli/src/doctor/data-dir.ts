import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import path from 'node:path'
import { formatBytes } from '../format-number.ts'
import { formatPath } from '../format-path.ts'
import { type Check, type Finding, fail, ok, warn } from './check.ts'

const LOW_SPACE_BYTES = 500e6
const NO_SPACE_BYTES = 20e6

export const dataDir: Check = ({ io, settings: { DATA_DIR } }) => {
  const about = 'Data'
  const place = formatPath(DATA_DIR)
  const exists = existsSync(DATA_DIR)
  // A missing folder will be created in its nearest existing parent.
  let existing = DATA_DIR
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing)
  try {
    accessSync(existing, constants.W_OK | constants.X_OK)
  } catch {
    return [fail(about, `${place} cannot be written`, 'Grant this user write access, or set DATA_DIR to another folder.')]
  }
  const findings: Finding[] = [...checkSpace(about, existing)]
  if (!exists) return [ok(about, `${place} will be created at the first start`), ...findings]
  const stats = statSync(DATA_DIR)
  if (!stats.isDirectory()) return [fail(about, `${place} is not a folder`, 'Set DATA_DIR to a folder.')]
  if (io.system.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
    findings.push(warn(about, `other users of this machine can read ${place}`, `chmod 700 ${place}`))
  }
  return [ok(about, place), ...findings]
}

function checkSpace(about: string, folder: string): Finding[] {
  try {
    const { bavail, bsize } = statfsSync(folder)
    const free = bavail * bsize
    if (free < NO_SPACE_BYTES) return [fail(about, `the disk is full: ${formatBytes(free)} left`, 'Free some space.')]
    if (free < LOW_SPACE_BYTES) return [warn(about, `${formatBytes(free)} left on the disk`, 'Free some space before it runs out.')]
    return [ok(about, `${formatBytes(free)} free`)]
  } catch {
    return []
  }
}
