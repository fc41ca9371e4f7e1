import type { LimitReading, LimitWindow } from '@signalbox/contract/limits'
import { type LimitSnapshot, type PlanWindow, planOrder, readingOf } from './limit-snapshot.ts'
import { speaksOfWholePlan, winningWindows } from './limit-winner.ts'

/** A window in a merged reading: with when it was read, where another reading than the newest speaks of it. */
export type MergedWindow = LimitWindow & { readonly asOf?: string }

/** What is known of a plan now, in the form of a reading. */
export type MergedReading = Omit<LimitReading, 'currentSession' | 'weeklyLimits' | 'collector' | 'idempotencyKey'> & {
  readonly currentSession?: MergedWindow
  readonly weeklyLimits?: Readonly<Record<string, MergedWindow>>
}

/**
 * The readings of one plan: that of the newest reading. While readings name one account only, those that name none are of
 * it too.
 */
export function ofOnePlan(snapshots: readonly LimitSnapshot[]): LimitSnapshot[] {
  const named = new Set(snapshots.flatMap(({ account }) => account ?? []))
  if (named.size <= 1) return [...snapshots]
  const newest = snapshots.reduce((a, b) => (b.capturedAt > a.capturedAt ? b : a))
  return snapshots.filter(({ account }) => account === newest.account)
}

/**
 * What several readings of one plan say together: of each window the reading that wins.
 * @param snapshots of each machine and source the newest
 * @returns with the one whose word is the newest in it; undefined when there is none
 */
export function mergedReading(snapshots: readonly LimitSnapshot[]): { reading: MergedReading; from: LimitSnapshot } | undefined {
  const newestFirst = [...snapshots].sort((a, b) => b.capturedAt - a.capturedAt || b.receivedAt - a.receivedAt)
  const won = winningWindows(newestFirst)
  // One that says nothing that counts, such as a session that was told long ago, makes nothing fresher.
  const from = newestFirst.find((snapshot) => won.some((one) => one.from === snapshot)) ?? newestFirst[0]
  if (from === undefined) return undefined
  const whole = newestFirst.find(speaksOfWholePlan) ?? from
  const windows = won.map(({ window }) => window).sort((a, b) => planOrder(a) - planOrder(b))
  const { plan } = newestFirst.find((snapshot) => snapshot.plan !== undefined) ?? {}
  const { extraUsage } = newestFirst.find((snapshot) => snapshot.extraUsage !== undefined) ?? {}
  const isPartial = whole.isPartial || windows.some(({ state }) => state === 'unreadable')
  const { account = newestFirst.find(({ account }) => account !== undefined)?.account, errors: _, ...rest } = from
  const { currentSession, weeklyLimits, ...reading } = readingOf({
    ...rest,
    ...(account === undefined ? {} : { account }),
    ...(plan === undefined ? {} : { plan }),
    ...(extraUsage === undefined ? {} : { extraUsage }),
    ...(whole.errors === undefined ? {} : { errors: whole.errors }),
    windows,
    isPartial,
  })
  const late = new Map(
    won.flatMap(({ window, from: speaker }) => (speaker === from ? [] : [[fieldOf(window), new Date(speaker.capturedAt).toISOString()]])),
  )
  const dated = (field: string, window: LimitWindow): MergedWindow => {
    const asOf = late.get(field)
    return asOf === undefined ? window : { ...window, asOf }
  }
  const merged: MergedReading = {
    ...reading,
    ...(currentSession === undefined ? {} : { currentSession: dated('currentSession', currentSession) }),
    ...(weeklyLimits === undefined
      ? {}
      : { weeklyLimits: Object.fromEntries(Object.entries(weeklyLimits).map(([field, window]) => [field, dated(field, window)])) }),
  }
  return { reading: merged, from }
}

/** Its name on the wire. */
function fieldOf(window: PlanWindow): string | undefined {
  const sent = readingOf({ capturedAt: 0, receivedAt: 0, windows: [window], isPartial: false })
  return sent.currentSession === undefined ? Object.keys(sent.weeklyLimits ?? {})[0] : 'currentSession'
}
