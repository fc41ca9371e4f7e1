import type { LimitHistory } from '@signalbox/contract/limit-history'
import { snapshotFromBody } from '@signalbox/usage/limit-snapshot'
import { SnapshotSeries, seriesOf, toWire } from '@signalbox/usage/snapshot-series'
import type { SampleSeries } from '@signalbox/usage/thin-samples'
import type { LimitAccount } from '../store/limit-version.ts'
import type { LimitStore } from '../store/limits.ts'
import { DAY_MS, forEachHighest, forEachSample, HOUR_MS } from './day-hours.ts'

export interface HistoryQuery {
  readonly accounts: readonly LimitAccount[]
  /** Milliseconds, both included. */
  readonly since: number
  readonly until: number
  /** At most so many points for each window. */
  readonly points: number
}

/** Reads one series for each window: from the snapshots where none were removed, from the thinned series before that. */
export async function readHistory(store: LimitStore, { accounts, since, until, points }: HistoryQuery): Promise<LimitHistory['series']> {
  const names = accounts.map(({ account }) => account)
  // The thinned series has hours, which suffice where a point covers more than one.
  const isFine = (until - since) / points < HOUR_MS
  const completeSince = Math.max(Number.NEGATIVE_INFINITY, ...accounts.map(findCompleteSince))
  const edge = isFine ? Math.min(Math.max(since, completeSince), until + 1) : until + 1
  const series = await readThinnedSeries(store, names, since, edge - 1, isFine)
  if (edge <= until) await addSnapshots(store, names, series, edge, until)
  const windows = new Map((await store.windows(names)).map((window) => [window.key, window]))
  return toWire(series, windows, (samples) => samples.thinned(points, isFine ? 1 : HOUR_MS))
}

/** The instant since which no snapshot was removed. */
function findCompleteSince({ versions, created, oldestAt }: LimitAccount): number {
  return versions === created || oldestAt === undefined ? Number.NEGATIVE_INFINITY : oldestAt
}

async function readThinnedSeries(
  store: LimitStore,
  accounts: readonly string[],
  from: number,
  to: number,
  isFine: boolean,
): Promise<Map<string, SampleSeries>> {
  const series = new Map<string, SampleSeries>()
  if (to < from) return series
  const resets = new Map<string, number>()
  for (const { account, window, hours } of await store.days({ accounts, from: Math.floor(from / DAY_MS), to: Math.floor(to / DAY_MS) })) {
    const samples = seriesOf(series, window)
    const add = (at: number, percent: number, resetsAt: number) => {
      if (at >= from && at <= to) samples.add(at, percent, resetsAt)
    }
    if (isFine) forEachSample(hours, add)
    else {
      const name = `${account}\n${window}`
      resets.set(name, forEachHighest(hours, resets.get(name) ?? Number.NaN, add))
    }
  }
  return series
}

async function addSnapshots(
  store: LimitStore,
  accounts: readonly string[],
  series: Map<string, SampleSeries>,
  from: number,
  to: number,
): Promise<void> {
  const all = new SnapshotSeries(from, series)
  for await (const batch of store.snapshots({ accounts, from, to })) {
    for (const { body, receivedAt } of batch) all.add(snapshotFromBody(body, receivedAt))
  }
}
