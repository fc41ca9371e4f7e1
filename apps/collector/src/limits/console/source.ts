import os from 'node:os'
import { readSettings } from '@signalbox/contract/setting'
import type { Source } from '../source.ts'
import { consolePlaces, hasProfile } from './places.ts'
import { readInChild } from './reader.ts'
import { readRecord, writeJson } from './record.ts'
import { ConsoleSchedule } from './schedule.ts'

/** What the collector last said of its readings, for `signalbox console status`. */
export interface ScheduleNote {
  readonly pid: number
  readonly at: string
  readonly state: 'ok' | 'waiting' | 'failing' | 'needs_login'
  readonly did: string
  readonly next: string
  readonly nextAttemptAt?: string
  readonly error?: { readonly category: string; readonly message: string }
}

/** The usage page, in the browser profile in which the user has signed in. */
export const consoleSource: Source = {
  name: 'console',
  start({ env, clock, log, put, report }, signal) {
    const { DATA_DIR } = readSettings(env, ['DATA_DIR'])
    const places = consolePlaces(DATA_DIR)
    const schedule = new ConsoleSchedule({
      clock,
      read: (stop) => readInChild(places, env, stop),
      put,
      report(said) {
        report(said)
        // Whoever runs the sources logs that one fails; this one nobody can mend but by a newer Signalbox.
        if (said.error?.category === 'PAGE_CHANGED') log.error({ problem: said.error.message }, 'the usage page has changed')
        const { nextAttemptAt, ...rest } = said
        const next = nextAttemptAt === undefined ? {} : { nextAttemptAt: new Date(nextAttemptAt).toISOString() }
        writeJson(places.schedule, { pid: process.pid, at: new Date(clock.now()).toISOString(), ...rest, ...next } satisfies ScheduleNote)
      },
      hasProfile: () => hasProfile(places),
      signIn: () => readRecord(places).signedInAt,
    })
    return { ended: schedule.run(signal), readNow: () => schedule.readNow() }
  },
}

/** The name this machine has on the hub. */
export function machineName(env: NodeJS.ProcessEnv): string {
  return readSettings(env, ['MACHINE_ID']).MACHINE_ID ?? os.hostname()
}
