import { existsSync, renameSync, rmSync } from 'node:fs'
import { ConsoleError } from './console-error.ts'
import { lockProfile } from './lock.ts'
import { type ConsolePlaces, hasProfile, makeDataDir } from './places.ts'
import { browserOn, browserProcesses } from './processes.ts'
import { writeJson } from './record.ts'

/**
 * Takes the profile away, and keeps it until the next time so that it can be undone.
 * @returns false when there was none
 * @throws ConsoleError while a browser is open on it
 */
export function resetProfile(places: ConsolePlaces): Promise<boolean> {
  return alone(places, () => {
    if (!hasProfile(places)) return false
    rmSync(places.backup, { recursive: true, force: true })
    renameSync(places.profile, places.backup)
    writeJson(places.record, {})
    return true
  })
}

/**
 * Brings back the profile that was taken away last; the one of today takes its place.
 * @returns false when there is none
 * @throws ConsoleError while a browser is open on it
 */
export function undoReset(places: ConsolePlaces): Promise<boolean> {
  return alone(places, () => {
    if (!existsSync(places.backup)) return false
    const aside = `${places.backup}.${process.pid}`
    if (hasProfile(places)) renameSync(places.profile, aside)
    renameSync(places.backup, places.profile)
    if (existsSync(aside)) renameSync(aside, places.backup)
    writeJson(places.record, { signedInAt: new Date().toISOString() })
    return true
  })
}

async function alone<T>(places: ConsolePlaces, work: () => T): Promise<T> {
  makeDataDir(places)
  const unlock = await lockProfile(places.lock, 'reset', { waitMs: 0 })
  try {
    const [pid] = [browserOn(places.profile)?.pid, ...(await browserProcesses(places.profile))].filter((one) => one !== undefined)
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
