import type { CurrentLimitReading, ShownCollector, ShownWindow } from '@signalbox/contract/limits'
import { COLLECTOR_CONNECTED_MS } from '@signalbox/contract/limits'
import { type LimitSnapshot, type PlanWindow, readingOf, snapshotOf } from '@signalbox/usage/limit-snapshot'
import { winningWindows } from '@signalbox/usage/limit-winner'
import { instantOf } from '../clock.ts'
import type { CollectorRecord } from '../store/store.ts'
import type { KeptReading } from './kept-reading.ts'
import { versionFile } from './version-file.ts'

/** Older than this, in milliseconds, a reading is stale. */
export const STALE_MS = 10 * 60_000

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
  const of = new Map<LimitSnapshot, KeptReading>()
  for (const head of heads) of.set(snapshotOf(head.reading, head.receivedAt), head)
  const newestFirst = [...of.keys()].sort((a, b) => b.capturedAt - a.capturedAt || compare(of.get(b)!.id, of.get(a)!.id))
  const won = winningWindows(newestFirst)
  // One that says nothing that counts, such as a session that was told long ago, makes nothing fresher.
  const from = newestFirst.find((snapshot) => won.some((one) => one.from === snapshot)) ?? newestFirst[0]!
  const base = of.get(from)!
  const whole = newestFirst.find(({ source }) => source !== 'statusline') ?? from
  // Sorted as in a plan, whoever spoke first.
  const windows = won.map(({ window }) => window).sort((a, b) => order(a) - order(b))
  const wire = readingOf({ ...from, windows, errors: whole.errors, isPartial: false } as LimitSnapshot)
  const late = new Map(won.flatMap(({ window, from: speaker }) => (speaker === from ? [] : [[window, speaker.capturedAt] as const])))
  const withAge = (name: string, window: ShownWindow): ShownWindow => {
    const spoken = windows.find((one) => fieldOf(one) === name)
    const at = spoken && late.get(spoken)
    return at === undefined ? shown(window) : { ...shown(window), asOf: instantOf(at) }
  }
  const plan = newestFirst.find((snapshot) => snapshot.plan !== undefined)?.plan
  const extra = newestFirst.find((snapshot) => snapshot.extraUsage !== undefined)?.extraUsage
  const isPartial = whole.isPartial || windows.some(({ state }) => state === 'unreadable')
  return {
    base,
    said: {
      lastUpdated: instantOf(base.at),
      ...(wire.currentSession === undefined ? {} : { currentSession: withAge('currentSession', wire.currentSession) }),
      ...(wire.weeklyLimits === undefined
        ? {}
        : { weeklyLimits: Object.fromEntries(Object.entries(wire.weeklyLimits).map(([name, one]) => [name, withAge(name, one)])) }),
      ...(isPartial ? { isPartial } : {}),
      ...(wire.extractionErrors === undefined ? {} : { extractionErrors: wire.extractionErrors }),
      ...(plan === undefined ? {} : { planInfo: textsOf(plan) }),
      ...(extra === undefined ? {} : { extraUsage: extra }),
      ...(base.account === '' ? {} : { account: base.account }),
      source: base.reading.source ?? 'unknown',
      ...(base.reading.machine_id === undefined ? {} : { machine_id: base.reading.machine_id }),
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

function order({ kind }: PlanWindow): number {
  return kind === 'session' ? 0 : kind === 'weekly_all' ? 1 : 2
}

/** Its name on the wire. */
function fieldOf(window: PlanWindow): string {
  const sent = readingOf({ capturedAt: 0, receivedAt: 0, windows: [window], isPartial: false })
  return sent.currentSession !== undefined ? 'currentSession' : (Object.keys(sent.weeklyLimits ?? {})[0] ?? '')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
