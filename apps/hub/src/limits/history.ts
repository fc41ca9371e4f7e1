import type { LimitHistory } from '@signalbox/contract/limits'
import { type PlanWindow, snapshotOf, windowKey } from '@signalbox/usage/limit-snapshot'
import { mayReplace } from '@signalbox/usage/limit-winner'
import type { LimitAccount, LimitStore } from '../store/store.ts'
import { DAY_MS, groupsOf, HOUR_MS, type LimitSample } from './day-hours.ts'
import { markResets, pointOf, thinned } from './thin.ts'
import type { WindowName } from './window-samples.ts'

export interface HistoryQuery {
  readonly accounts: readonly LimitAccount[]
  /** Milliseconds, both included. */
  readonly since: number
  readonly until: number
  /** Of a window. */
  readonly points: number
}

/** One series a window: from the readings themselves where there are all of them, from the thinned series before. */
export async function historyOf(store: LimitStore, { accounts, since, until, points }: HistoryQuery): Promise<LimitHistory['series']> {
  const names = accounts.map(({ account }) => account)
  // Hours will do where a point stands for more than one.
  const fine = (until - since) / points < HOUR_MS
  const whole = Math.max(Number.NEGATIVE_INFINITY, ...accounts.map(wholeFrom))
  const edge = fine ? Math.min(Math.max(since, whole), until + 1) : until + 1
  const series = await thinnedSamples(store, names, since, edge - 1)
  if (edge <= until) await addReadings(store, names, series, edge, until)
  const windows = new Map((await store.windows(names)).map((window) => [window.key, window]))
  return [...series]
    .flatMap(([key, samples]) => {
      const window = windows.get(key)
      return window === undefined || samples.length === 0 ? [] : [{ window, samples }]
    })
    .sort((a, b) => order(a.window) - order(b.window) || (a.window.label < b.window.label ? -1 : 1))
    .map(({ window: { kind, scope, label }, samples }) => ({
      kind,
      ...(scope === undefined ? {} : { scope }),
      label,
      points: thinned(markResets(samples), points, fine ? 1 : HOUR_MS).map(pointOf),
    }))
}

/** From when on every reading is there. */
function wholeFrom({ versions, created, oldestAt }: LimitAccount): number {
  return versions === created || oldestAt === undefined ? Number.NEGATIVE_INFINITY : oldestAt
}

async function thinnedSamples(
  store: LimitStore,
  accounts: readonly string[],
  from: number,
  to: number,
): Promise<Map<string, LimitSample[]>> {
  const series = new Map<string, LimitSample[]>()
  if (to < from) return series
  for (const { window, hours } of await store.days({ accounts, from: Math.floor(from / DAY_MS), to: Math.floor(to / DAY_MS) })) {
    const samples = series.get(window) ?? []
    series.set(window, samples)
    for (const group of groupsOf(hours)) {
      const resetsAt = Number.isNaN(group.resetTo) ? undefined : group.resetTo
      const add = (at: number, percent: number) => {
        if (at >= from && at <= to) samples.push({ at, percent, resetsAt })
      }
      add(group.firstAt, group.first)
      if (group.maxAt !== group.firstAt) add(group.maxAt, group.max)
      if (group.lastAt !== group.firstAt && group.lastAt !== group.maxAt) add(group.lastAt, group.last)
    }
  }
  for (const samples of series.values()) samples.sort((a, b) => a.at - b.at)
  return series
}

async function addReadings(
  store: LimitStore,
  accounts: readonly string[],
  series: Map<string, LimitSample[]>,
  from: number,
  to: number,
): Promise<void> {
  const known = new Map<string, { window: PlanWindow; at: number }>()
  for await (const piece of store.readings({ accounts, from, to })) {
    for (const { reading, at, receivedAt } of piece) {
      const { windows, source } = snapshotOf(reading, receivedAt)
      for (const window of windows) {
        if (window.percentUsed === undefined) continue
        const key = windowKey(window)
        const before = known.get(key)
        // The same rule as for what is shown now.
        if (source === 'statusline' && before !== undefined && !mayReplace(window, at, before.window, before.at)) continue
        known.set(key, { window, at })
        const samples = series.get(key) ?? []
        series.set(key, samples)
        samples.push({ at, percent: window.percentUsed, resetsAt: window.resetsAt })
      }
    }
  }
}

function order({ kind }: WindowName): number {
  return kind === 'session' ? 0 : kind === 'weekly_all' ? 1 : 2
}
