import { existsSync, statSync } from 'node:fs'
import type { LimitReading } from '@signalbox/contract/limits'
import { lockHolder } from './lock.ts'
import { type ConsolePlaces, hasProfile } from './places.ts'
import { browserOn, isAlive } from './processes.ts'
import { type ProfileRecord, readJson, readRecord } from './record.ts'
import type { ScheduleNote } from './source.ts'

/** How the readings of the usage page are; instants are ISO 8601. */
export interface ConsoleStatus {
  readonly state: ScheduleNote['state'] | 'not_running'
  readonly profile: {
    readonly path: string
    readonly exists: boolean
    readonly since?: string
    readonly in_use_by?: number
    readonly backup: boolean
  }
  readonly last?: NonNullable<ProfileRecord['last']>
  readonly reading?: LimitReading
  /** What the collector does with it; absent while none runs. */
  readonly collector?: ScheduleNote
}

export function consoleStatus(places: ConsolePlaces): ConsoleStatus {
  const { signedInAt, last, reading } = readRecord(places)
  const note = readJson<ScheduleNote>(places.schedule)
  const collector = note !== undefined && isAlive(note.pid) ? note : undefined
  const exists = hasProfile(places)
  const since = exists ? (signedInAt ?? statSync(places.profile).birthtime.toISOString()) : undefined
  const user = lockHolder(places.lock)?.pid ?? browserOn(places.profile)?.pid
  return {
    state: !exists ? 'waiting' : (collector?.state ?? 'not_running'),
    profile: {
      path: places.profile,
      exists,
      ...(since === undefined ? {} : { since }),
      ...(user === undefined ? {} : { in_use_by: user }),
      backup: existsSync(places.backup),
    },
    ...(last === undefined ? {} : { last }),
    ...(reading === undefined ? {} : { reading }),
    ...(collector === undefined ? {} : { collector }),
  }
}

/** The status for a person, a line for each thing. */
export function statusText(status: ConsoleStatus, now: number): string {
  const { profile, last, collector, reading } = status
  const lines: string[] = []
  const line = (about: string, text: string) => lines.push(`${about.padEnd(9)}${text}`)
  line('Profile', profile.exists ? `${age(profile.since, now)} old, ${profile.path}` : 'none; sign in: signalbox console login')
  if (profile.in_use_by !== undefined) line('', `in use by process ${profile.in_use_by}`)
  if (last === undefined) line('Last', 'nothing was read yet')
  else if (last.error === undefined)
    line('Last', `${age(last.at, now)} ago, ${last.windows ?? 0} windows in ${(last.ms / 1000).toFixed(1)} s`)
  else
    line(
      'Last',
      `${age(last.at, now)} ago, ${last.error.category}: ${last.error.message}${last.error.suggestion === undefined ? '' : ` ${last.error.suggestion}`}`,
    )
  if (reading !== undefined && last?.error !== undefined)
    line('Reading', `the last one that could be taken is ${age(reading.lastUpdated, now)} old`)
  line('State', collector === undefined ? 'no collector reads it; start one: signalbox up' : status.state.replace('_', ' '))
  if (collector !== undefined) {
    const wait = collector.nextAttemptAt === undefined ? undefined : Date.parse(collector.nextAttemptAt) - now
    line('Next', wait === undefined ? collector.next : `${collector.next}, in ${wait <= 0 ? 'a moment' : span(wait)}`)
  }
  return `${lines.join('\n')}\n`
}

const age = (at: string | undefined, now: number) => (at === undefined ? 'unknown' : span(Math.max(0, now - Date.parse(at))))

/** Milliseconds as people say them, such as `3 days` or `12 min`. */
function span(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const
  const [name, size] = units.find(([, least]) => ms >= least) ?? (['s', 1_000] as const)
  const count = Math.floor(ms / size)
  return `${count} ${name}${count !== 1 && (name === 'day' || name === 'hour') ? 's' : ''}`
}
