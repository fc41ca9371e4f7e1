import { existsSync, renameSync, rmSync } from 'node:fs'
import { browserProcesses, findBrowserOn } from './browser-processes.ts'
import { ConsoleError } from './console-error.ts'
import { type ConsolePaths, hasProfile, makeDataDir } from './console-paths.ts'
import { lockProfile } from './profile-lock.ts'
import { writeJson } from './profile-record.ts'

/**
 * Removes the profile, and keeps it as a backup until the next reset.
 * @returns false when there was none
 * @throws ConsoleError while a browser is open on it
 */
export function resetProfile(paths: ConsolePaths): Promise<boolean> {
  return withLock(paths, () => {
    if (!hasProfile(paths)) return false
    rmSync(paths.backup, { recursive: true, force: true })
    renameSync(paths.profile, paths.backup)
    writeJson(paths.record, {})
    return true
  })
}

/**
 * Restores the backup of the profile; the current profile becomes the backup.
 * @returns false when there is none
 * @throws ConsoleError while a browser is open on it
 */
export function undoReset(paths: ConsolePaths): Promise<boolean> {
  return withLock(paths, () => {
    if (!existsSync(paths.backup)) return false
    const current = `${paths.backup}.${process.pid}`
    if (hasProfile(paths)) renameSync(paths.profile, current)
    renameSync(paths.backup, paths.profile)
    if (existsSync(current)) renameSync(current, paths.backup)
    writeJson(paths.record, { signedInAt: new Date().toISOString() })
    return true
  })
}

async function withLock<T>(paths: ConsolePaths, work: () => T): Promise<T> {
  makeDataDir(paths)
  const unlock = await lockProfile(paths.lock, 'reset', { waitMs: 0 })
  try {
    const [pid] = [findBrowserOn(paths.profile)?.pid, ...(await browserProcesses(paths.profile))].filter((one) => one !== undefined)
    if (pid !== undefined) {
      throw new ConsoleError({
        category: 'CONTEXT_CORRUPTED',
        message: `a browser (process ${pid}) has the profile open.`,
        suggestion: 'Close it first.',
        reason: 'locked',
      })
    }
    return work()
  } finally {
    unlock()
  }
}
