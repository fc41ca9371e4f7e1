import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import path from 'node:path'
import { bytes } from '../number.ts'
import { shown } from '../shown.ts'
import { type Check, type Finding, fail, ok, warn } from './check.ts'

const TIGHT = 500e6
const FULL = 20e6

export const dataDir: Check = ({ settings: { DATA_DIR } }) => {
  const about = 'Data'
  const place = shown(DATA_DIR)
  const there = existsSync(DATA_DIR)
  // What is not there yet will be made in what is.
  let existing = DATA_DIR
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing)
  try {
    accessSync(existing, constants.W_OK | constants.X_OK)
  } catch {
    return [fail(about, `${place} cannot be written`, 'Give this user the right to write there, or set DATA_DIR to another folder.')]
  }
  const findings: Finding[] = [...space(about, existing)]
  if (!there) return [ok(about, `${place} will be made at the first start`), ...findings]
  const stats = statSync(DATA_DIR)
  if (!stats.isDirectory()) return [fail(about, `${place} is not a folder`, 'Set DATA_DIR to a folder.')]
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
    findings.push(warn(about, `others on this machine can look into ${place}`, `chmod 700 ${place}`))
  }
  return [ok(about, place), ...findings]
}

function space(about: string, folder: string): Finding[] {
  try {
    const { bavail, bsize } = statfsSync(folder)
    const free = bavail * bsize
    if (free < FULL) return [fail(about, `the disk is full: ${bytes(free)} left`, 'Free some space; nothing can be written until then.')]
    if (free < TIGHT) return [warn(about, `${bytes(free)} left on the disk`, 'Free some space before it runs out.')]
    return [ok(about, `${bytes(free)} free`)]
  } catch {
    return []
  }
}
