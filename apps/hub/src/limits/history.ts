import type { LimitHistory } from '@signalbox/contract/limits'
import { type PlanWindow, planOrder, snapshotOf, windowKey } from '@signalbox/usage/limit-snapshot'
import { mayReplace, speaksOfWholePlan } from '@signalbox/usage/limit-winner'
import type { LimitAccount, LimitStore } from '../store/store.ts'
import { DAY_MS, eachHighest, eachShown, HOUR_MS } from './day-hours.ts'
import { SampleLine } from './sample-line.ts'

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
  const series = await thinnedLines(store, names, since, edge - 1, fine)
  if (edge <= until) await addReadings(store, names, series, edge, until)
  const windows = new Map((await store.windows(names)).map((window) => [window.key, window]))
  return [...series]
    .flatMap(([key, line]) => {
      const window = windows.get(key)
      return window === undefined || line.length === 0 ? [] : [{ window, line }]
    })
    .sort((a, b) => planOrder(a.window) - planOrder(b.window) || (a.window.label < b.window.label ? -1 : 1))
    .map(({ window: { kind, scope, label }, line }) => ({
      kind,
      ...(scope === undefined ? {} : { scope }),
      label,
      points: line.thinned(points, fine ? 1 : HOUR_MS),
    }))
}

/** From when on every reading is there. */
function wholeFrom({ versions, created, oldestAt }: LimitAccount): number {
  return versions === created || oldestAt === undefined ? Number.NEGATIVE_INFINITY : oldestAt
}

async function thinnedLines(
  store: LimitStore,
  accounts: readonly string[],
  from: number,
  to: number,
  fine: boolean,
): Promise<Map<string, SampleLine>> {
  const series = new Map<string, SampleLine>()
  if (to < from) return series
  const resets = new Map<string, number>()
  for (const { account, window, hours } of await store.days({ accounts, from: Math.floor(from / DAY_MS), to: Math.floor(to / DAY_MS) })) {
    const line = lineOf(series, window)
    const add = (at: number, percent: number, resetsAt: number) => {
      if (at >= from && at <= to) line.add(at, percent, resetsAt)
    }
    if (fine) eachShown(hours, add)
    else {
      const name = `${account}\n${window}`
      resets.set(name, eachHighest(hours, resets.get(name) ?? Number.NaN, add))
    }
  }
  return series
}

function lineOf(series: Map<string, SampleLine>, key: string): SampleLine {
  const known = series.get(key)
  if (known !== undefined) return known
  const line = new SampleLine()
  series.set(key, line)
  return line
}

async function addReadings(
  store: LimitStore,
  accounts: readonly string[],
  series: Map<string, SampleLine>,
  from: number,
  to: number,
): Promise<void> {
  const known = new Map<string, { window: PlanWindow; at: number }>()
  for await (const piece of store.readings({ accounts, from, to })) {
    for (const { reading, at, receivedAt } of piece) {
      const snapshot = snapshotOf(reading, receivedAt)
      for (const window of snapshot.windows) {
        if (window.percentUsed === undefined) continue
        const key = windowKey(window)
        const before = known.get(key)
        // The same rule as for what is shown now.
        if (!speaksOfWholePlan(snapshot) && before !== undefined && !mayReplace(window, at, before.window, before.at)) continue
        known.set(key, { window, at })
        lineOf(series, key).add(at, window.percentUsed, window.resetsAt ?? Number.NaN)
      }
    }
  }
}
