import type { CurrentLimitReading, ShownCollector, ShownWindow } from '@signalbox/contract/limits'
import { COLLECTOR_CONNECTED_MS } from '@signalbox/contract/limits'
import { STALE_MS } from '@signalbox/usage/fresh-session'
import { mergedReading } from '@signalbox/usage/limit-merge'
import { snapshotOf } from '@signalbox/usage/limit-snapshot'
import { instantOf } from '../clock.ts'
import type { CollectorRecord } from '../store/store.ts'
import type { KeptReading } from './kept-reading.ts'
import { versionFile } from './version-file.ts'

/** A version, and which of how many it is. */
export interface Numbered {
  readonly version: KeptReading
  readonly current: number
  readonly total: number
}

/** Of the reading itself; what changes with the clock comes with each answer. */
export type Said = Omit<CurrentLimitReading, 'isStale' | 'ageMinutes' | 'versionInfo' | 'collector'>

/** A version as it was sent. */
export function asSent({ reading, account }: KeptReading): Said {
  const { idempotencyKey: _, collector: __, currentSession, weeklyLimits, lastUpdated, source, planInfo, ...rest } = reading
  return {
    ...rest,
    lastUpdated: exact(lastUpdated),
    ...(currentSession === undefined ? {} : { currentSession: shown(currentSession) }),
    ...(weeklyLimits === undefined
      ? {}
      : { weeklyLimits: Object.fromEntries(Object.entries(weeklyLimits).map(([name, window]) => [name, shown(window)])) }),
    ...(planInfo === undefined ? {} : { planInfo: textsOf(planInfo) }),
    ...(account === '' ? {} : { account }),
    source: source ?? 'unknown',
  }
}

/**
 * What is known of a plan now, and the version whose word is the newest in it.
 * @param heads the newest of each machine and source; at least one
 */
export function merged(heads: readonly KeptReading[]): { said: Said; base: KeptReading } {
  const lastFirst = [...heads].sort((a, b) => compare(b.id, a.id))
  const of = new Map(lastFirst.map((head) => [snapshotOf(head.reading, head.receivedAt), head]))
  const { reading, from } = mergedReading([...of.keys()])!
  const base = of.get(from)!
  const { lastUpdated: _, account: __, source, currentSession, weeklyLimits, planInfo, ...rest } = reading
  return {
    base,
    said: {
      ...rest,
      lastUpdated: instantOf(base.at),
      ...(currentSession === undefined ? {} : { currentSession: shown(currentSession) }),
      ...(weeklyLimits === undefined
        ? {}
        : { weeklyLimits: Object.fromEntries(Object.entries(weeklyLimits).map(([name, window]) => [name, shown(window)])) }),
      ...(planInfo === undefined ? {} : { planInfo: textsOf(planInfo) }),
      ...(base.account === '' ? {} : { account: base.account }),
      source: source ?? 'unknown',
    },
  }
}

/** With its age, its number, and what its collector says now. */
export function answerOf(said: Said, { version, current, total }: Numbered, collectors: readonly CollectorRecord[], now: number) {
  const age = Math.max(0, now - version.at)
  const speaking = collectors.filter(({ health }) => health !== undefined)
  const collector = speaking.find(({ machine }) => machine === version.reading.machine_id) ?? speaking[0]
  const answer: CurrentLimitReading = {
    ...said,
    isStale: age > STALE_MS,
    ageMinutes: minutesOf(age),
    versionInfo: { current, total, timestamp: instantOf(version.at), filename: versionFile(version.at, version.id) },
    ...(collector === undefined ? {} : { collector: shownCollector(collector, now) }),
  }
  return answer
}

export function shownCollector({ machine, health, seenAt, askedAt }: CollectorRecord, now: number): ShownCollector {
  const { state, lastSuccessAt, lastError, consecutiveFailures, nextAttemptAt } = health!
  return {
    machine_id: machine,
    state,
    connected: isConnected({ askedAt }, now),
    lastSeenAt: instantOf(seenAt),
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt: exact(lastSuccessAt) }),
    ...(lastError === undefined ? {} : { lastError: { ...lastError, ...(lastError.at === undefined ? {} : { at: exact(lastError.at) }) } }),
    consecutiveFailures,
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt: exact(nextAttemptAt) }),
  }
}

/** It asked for work within the last minute; also when the clock was set back since. */
export function isConnected({ askedAt }: Pick<CollectorRecord, 'askedAt'>, now: number): boolean {
  return askedAt !== undefined && Math.abs(now - askedAt) <= COLLECTOR_CONNECTED_MS
}

/** To a tenth, so that ten minutes and a bit are more than ten. */
export function minutesOf(ms: number): number {
  return Math.ceil(ms / 6_000) / 10
}

function shown(window: ShownWindow): ShownWindow {
  return window.resetsAt === undefined ? window : { ...window, resetsAt: exact(window.resetsAt) }
}

/** UTC with milliseconds, however it was written. */
function exact(text: string): string {
  return new Date(Date.parse(text)).toISOString()
}

function textsOf(plan: object): Record<string, string> {
  return Object.fromEntries(Object.entries(plan).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
