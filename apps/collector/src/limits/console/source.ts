import os from 'node:os'
import { readSettings } from '@signalbox/contract/setting'
import { findHub } from '@signalbox/hub-address/find-hub'
import type { Source } from '../source.ts'
import { consolePaths, hasProfile } from './console-paths.ts'
import { readProfileRecord, writeJson } from './profile-record.ts'
import { readInChild } from './read-in-child.ts'
import { ConsoleSchedule } from './schedule.ts'

/** The collector's last report about this source, for `signalbox web status`. */
export interface ScheduleFile {
  readonly pid: number
  readonly at: string
  readonly state: 'ok' | 'waiting' | 'failing' | 'needs_login'
  readonly did: string
  readonly next: string
  readonly nextAttemptAt?: string
  readonly error?: { readonly category: string; readonly message: string }
}

/** The plan limits on the usage page, in the browser profile in which the user has signed in. */
export const consoleSource: Source = {
  name: 'console',
  start({ env, clock, log, put, report }, signal) {
    const { DATA_DIR } = readSettings(env, ['DATA_DIR'])
    const paths = consolePaths(DATA_DIR)
    const schedule = new ConsoleSchedule({
      clock,
      takeSnapshot: (stop) => readInChild(paths, env, stop),
      put,
      report(latest) {
        report(latest)
        // Logged as an error besides the runner's warning, because only a newer Signalbox can fix it.
        if (latest.error?.category === 'PAGE_CHANGED') log.error({ problem: latest.error.message }, 'the usage page has changed')
        const { nextAttemptAt, ...rest } = latest
        const next = nextAttemptAt === undefined ? {} : { nextAttemptAt: new Date(nextAttemptAt).toISOString() }
        writeJson(paths.schedule, { pid: process.pid, at: new Date(clock.now()).toISOString(), ...rest, ...next } satisfies ScheduleFile)
      },
      hasProfile: () => hasProfile(paths),
      lastSignIn: () => readProfileRecord(paths).signedInAt,
    })
    return { ended: schedule.run(signal), readNow: () => schedule.readNow() }
  },
}

/** This machine's name on the hub: the one under which it was connected, though the host may be called otherwise by now. */
export function machineName(env: NodeJS.ProcessEnv): string {
  try {
    return findHub(env).machineId
  } catch {
    // What is wrong with the credentials is said where they are needed.
    return readSettings(env, ['MACHINE_ID']).MACHINE_ID ?? os.hostname()
  }
}
