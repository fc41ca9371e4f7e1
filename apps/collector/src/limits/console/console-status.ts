import { existsSync, statSync } from 'node:fs'
import { formatDuration } from '@signalbox/contract/duration-text'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { processExists } from '@signalbox/hub-address/process-start'
import { findBrowserOn } from './browser-processes.ts'
import { type ConsolePaths, hasProfile } from './console-paths.ts'
import { findLockHolder } from './profile-lock.ts'
import { type ProfileRecord, readJson, readProfileRecord } from './profile-record.ts'
import type { ScheduleFile } from './source.ts'

/** The state of the `console` source; instants are ISO 8601. */
export interface ConsoleStatus {
  readonly state: ScheduleFile['state'] | 'not_running'
  readonly profile: {
    readonly path: string
    readonly exists: boolean
    readonly since?: string
    readonly in_use_by?: number
    readonly backup: boolean
  }
  readonly last?: NonNullable<ProfileRecord['last']>
  readonly reading?: SnapshotBody
  /** The collector's schedule; absent while no collector runs. */
  readonly collector?: ScheduleFile
}

export function readConsoleStatus(paths: ConsolePaths): ConsoleStatus {
  const { signedInAt, last, reading } = readProfileRecord(paths)
  const note = readJson<ScheduleFile>(paths.schedule)
  const collector = note !== undefined && processExists(note.pid) ? note : undefined
  const exists = hasProfile(paths)
  const since = exists ? (signedInAt ?? statSync(paths.profile).birthtime.toISOString()) : undefined
  const user = findLockHolder(paths.lock)?.pid ?? findBrowserOn(paths.profile)?.pid
  return {
    state: !exists ? 'waiting' : (collector?.state ?? 'not_running'),
    profile: {
      path: paths.profile,
      exists,
      ...(since === undefined ? {} : { since }),
      ...(user === undefined ? {} : { in_use_by: user }),
      backup: existsSync(paths.backup),
    },
    ...(last === undefined ? {} : { last }),
    ...(reading === undefined ? {} : { reading }),
    ...(collector === undefined ? {} : { collector }),
  }
}

/** The status as text for people. */
export function formatConsoleStatus(status: ConsoleStatus, now: number): string {
  const { profile, last, collector, reading } = status
  const lines: string[] = []
  const line = (about: string, text: string) => lines.push(`${about.padEnd(10)}${text}`)
  line('Profile', profile.exists ? `${age(profile.since, now)} old, ${profile.path}` : 'none; sign in: signalbox web login')
  if (profile.in_use_by !== undefined) line('', `in use by process ${profile.in_use_by}`)
  if (last === undefined) line('Last', 'no snapshot was taken yet')
  else if (last.error === undefined)
    line('Last', `${age(last.at, now)} ago, ${last.windows ?? 0} windows in ${(last.ms / 1000).toFixed(1)} s`)
  else
    line(
      'Last',
      `${age(last.at, now)} ago, ${last.error.category}: ${last.error.message}${last.error.suggestion === undefined ? '' : ` ${last.error.suggestion}`}`,
    )
  if (reading !== undefined && last?.error !== undefined)
    line('Snapshot', `the last successful one is ${age(reading.lastUpdated, now)} old`)
  line('State', collector === undefined ? 'no collector is running; start one: signalbox up' : status.state.replace('_', ' '))
  if (collector !== undefined) {
    const wait = collector.nextAttemptAt === undefined ? undefined : Date.parse(collector.nextAttemptAt) - now
    line('Next', wait === undefined ? collector.next : `${collector.next}, in ${wait <= 0 ? 'a moment' : formatDuration(wait)}`)
  }
  return lines.join('\n')
}

const age = (at: string | undefined, now: number) => (at === undefined ? 'unknown' : formatDuration(Math.max(0, now - Date.parse(at))))
