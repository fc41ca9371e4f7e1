import { randomUUID } from 'node:crypto'
import { QUARTER_HOUR_MS, type Slice } from '@signalbox/usage/slice'
import { withoutDeleted } from '../../deletion.ts'
import { partsOf } from '../../usage/part.ts'
import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { SliceQuery, UsageStore } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import type { IdempotencyRecords } from '../core/idempotency.ts'
import { storedDeletions } from '../deletion.ts'
import { blockStart } from './block.ts'
import { writeCalls } from './ingest.ts'
import type { PendingIngests } from './pending-ingest.ts'
import type { QuarterSums } from './quarter.ts'
import { callRemoval } from './removal.ts'
import { readSessionRecords, readSessionReports } from './session-reports.ts'
import { matches, sumUp } from './slices.ts'

/** QuarterSums read at once when the last call is looked for. */
const LAST_CALL_BATCH = 500

export function usageStore(
  connection: Connection,
  idempotency: IdempotencyRecords,
  quarters: QuarterSums,
  pendingIngests: PendingIngests,
  cuts: PriceCuts,
): UsageStore {
  /** Resolves when all earlier ingests are published: the events of one hub are in the order of its writes. */
  let published: Promise<unknown> = Promise.resolve()

  const ingest: UsageStore['ingest'] = async (machine, sent, { now }) => {
    const token = randomUUID()
    const before = published
    let done = () => {}
    published = new Promise<void>((resolve) => {
      done = resolve
    })
    try {
      const batch = withoutDeleted(await storedDeletions(connection), machine, sent)
      const deleted = sent.length - batch.length
      const written = await writeCalls(connection, pendingIngests, token, machine, batch, now)
      if (written.quarters.length > 0) await pendingIngests.finish(token, machine, written.quarters, written.summary, now, before)
      else await pendingIngests.recordContact(now)
      return { ...written.counts, ...(deleted === 0 ? {} : { deleted }) }
    } finally {
      pendingIngests.release(token)
      void before.then(done)
    }
  }

  /** The sums of the matching calls: whole quarters from their sums, cut ones from their calls. */
  const read = async ({ from, to, filter }: Pick<SliceQuery, 'from' | 'to' | 'filter'>): Promise<Slice[]> => {
    const first = from === undefined ? undefined : Math.max(0, Math.floor(from / QUARTER_HOUR_MS))
    const end = to === undefined ? undefined : Math.max(0, Math.ceil(to / QUARTER_HOUR_MS))
    const [start, stop] = [from ?? Number.NEGATIVE_INFINITY, to ?? Number.POSITIVE_INFINITY]
    const found = (await quarters.read(first, end)).filter((slice) => matches(slice, filter))
    const isCut = ({ first_at, last_at }: Slice) => (first_at < start && last_at >= start) || (first_at < stop && last_at >= stop)
    const cut = new Map<number, Slice[]>()
    for (const quarter of new Set(found.filter(isCut).map((slice) => slice.quarter))) {
      cut.set(quarter, await quarters.cut(quarter, start, stop))
    }
    const whole = found.filter((slice) => !cut.has(slice.quarter) && slice.first_at >= start && slice.last_at < stop)
    return [...whole, ...[...cut.values()].flat()].sort((a, b) => a.quarter - b.quarter)
  }

  return {
    ...callRemoval(connection, quarters, pendingIngests),
    ingest(machine, batch, change) {
      return connection.write(() => idempotency.run(change, () => ingest(machine, batch, change)))
    },
    slices(query) {
      return connection.read(async () => {
        const parts: Slice[][] = []
        for (const part of partsOf(query)) parts.push(sumUp(await read({ ...part, filter: query.filter }), query, cuts.changes))
        return parts.flat()
      })
    },
    countSessions({ from, to, filter }) {
      return connection.read(async () => {
        const found = (await read({ from, to, filter })).filter((slice) => matches(slice, filter))
        return new Set(found.map(({ session }) => session)).size
      })
    },
    blockStart(at, filter) {
      return connection.read(() =>
        blockStart(at, async (from, to) => {
          const found = (await quarters.read(from, to)).filter((slice) => matches(slice, filter))
          return [...new Set(found.map(({ quarter }) => quarter))]
        }),
      )
    },
    lastCallAt(filter) {
      return connection.read(async () => {
        let end = Number.MAX_SAFE_INTEGER
        for (;;) {
          const some = await quarters.before(end, LAST_CALL_BATCH)
          const from = some.length < LAST_CALL_BATCH ? 0 : some.at(-1)!
          const found = (await quarters.read(from, end)).filter((slice) => matches(slice, filter))
          if (found.length > 0) return Math.max(...found.map(({ last_at }) => last_at))
          if (from === 0) return undefined
          end = from
        }
      })
    },
    recordsOf(sessions) {
      return connection.read(() => readSessionRecords(connection, sessions))
    },
    reportsOf(session) {
      return connection.read(() => readSessionReports(connection, quarters, session))
    },
    state() {
      return connection.read(() => pendingIngests.state())
    },
  }
}
