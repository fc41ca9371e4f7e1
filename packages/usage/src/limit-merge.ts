import type { ExtraUsage } from '@signalbox/contract/extra-usage'
import type { LimitWindow, SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { readExtraUsage } from './extra-usage.ts'
import { type LimitSnapshot, type PlanWindow, planOrder, snapshotBodyOf, snapshotTime, windowTime } from './limit-snapshot.ts'
import { coversWholePlan, type WinningWindow, winningWindows } from './limit-winner.ts'

/** A window of the current limits; `asOf` is when its value was new, where that was before `lastUpdated`. */
export type DatedWindow = Omit<LimitWindow, 'asOf'> & { readonly asOf?: string }

/** The current limits of a plan, in the wire form of a snapshot. */
export type MergedLimits = Omit<SnapshotBody, 'currentSession' | 'weeklyLimits' | 'extraUsage' | 'collector' | 'idempotencyKey'> & {
  readonly extraUsage?: ExtraUsage
  readonly currentSession?: DatedWindow
  readonly weeklyLimits?: Readonly<Record<string, DatedWindow>>
}

/**
 * The snapshots of the account that the newest snapshot belongs to. While the snapshots name at most one account, those
 * without an account belong to it as well.
 */
export function newestAccountOnly(snapshots: readonly LimitSnapshot[]): LimitSnapshot[] {
  const accounts = new Set(snapshots.flatMap(({ account }) => account ?? []))
  if (accounts.size <= 1) return [...snapshots]
  const newest = snapshots.reduce((a, b) => (snapshotTime(b) > snapshotTime(a) ? b : a))
  return snapshots.filter(({ account }) => account === newest.account)
}

/**
 * Merges the snapshots of one plan: each window comes from the snapshot that wins for it.
 * @param snapshots the newest of each machine and source
 * @returns the limits and the newest snapshot that contributed to them; undefined without snapshots
 */
export function currentLimitsOf(snapshots: readonly LimitSnapshot[]): { limits: MergedLimits; from: LimitSnapshot } | undefined {
  const newestFirst = [...snapshots].sort((a, b) => snapshotTime(b) - snapshotTime(a) || b.receivedAt - a.receivedAt)
  const winners = winningWindows(newestFirst)
  const timeOf = ({ window, from }: WinningWindow) => windowTime(window, from)
  // A snapshot without a winning window, such as one of an idle session with old values, does not make the limits fresher.
  const newest = winners.length === 0 ? undefined : Math.max(...winners.map(timeOf))
  const from =
    newestFirst.find((snapshot) => winners.some((winner) => winner.from === snapshot && timeOf(winner) === newest)) ?? newestFirst[0]
  if (from === undefined) return undefined
  const lastUpdated = newest ?? from.capturedAt
  const whole = newestFirst.find(coversWholePlan) ?? from
  const windows = winners.map(({ window: { asOf: _asOf, ...window } }) => window).sort((a, b) => planOrder(a) - planOrder(b))
  const { plan } = newestFirst.find((snapshot) => snapshot.plan !== undefined) ?? {}
  // Snapshots of earlier versions have it in the words of their source.
  const extraUsage = newestFirst.map((snapshot) => readExtraUsage(snapshot.extraUsage)).find((one) => one !== undefined)
  const isPartial = whole.isPartial || windows.some(({ state }) => state === 'unreadable')
  const { account = newestFirst.find(({ account }) => account !== undefined)?.account, errors: _, ...rest } = from
  const {
    currentSession,
    weeklyLimits,
    extraUsage: _extraUsage,
    ...body
  } = snapshotBodyOf({
    ...rest,
    capturedAt: lastUpdated,
    ...(account === undefined ? {} : { account }),
    ...(plan === undefined ? {} : { plan }),
    ...(whole.errors === undefined ? {} : { errors: whole.errors }),
    windows,
    isPartial,
  })
  const older = new Map(
    winners.flatMap((winner) => {
      const time = timeOf(winner)
      return time === lastUpdated ? [] : [[wireField(winner.window), new Date(time).toISOString()]]
    }),
  )
  const dated = (field: string, { asOf: _asOf, ...window }: LimitWindow): DatedWindow => {
    const asOf = older.get(field)
    return asOf === undefined ? window : { ...window, asOf }
  }
  const limits: MergedLimits = {
    ...body,
    ...(extraUsage === undefined ? {} : { extraUsage }),
    ...(currentSession === undefined ? {} : { currentSession: dated('currentSession', currentSession) }),
    ...(weeklyLimits === undefined
      ? {}
      : { weeklyLimits: Object.fromEntries(Object.entries(weeklyLimits).map(([field, window]) => [field, dated(field, window)])) }),
  }
  return { limits, from }
}

/** The field name of a window on the wire. */
function wireField(window: PlanWindow): string | undefined {
  const body = snapshotBodyOf({ capturedAt: 0, receivedAt: 0, windows: [window], isPartial: false })
  return body.currentSession === undefined ? Object.keys(body.weeklyLimits ?? {})[0] : 'currentSession'
}
