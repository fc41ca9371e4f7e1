import { randomUUID } from 'node:crypto'
import { QUARTER, type Slice } from '@signalbox/usage/slice'
import type { SliceQuery, UsageStore } from '../../store.ts'
import { partsOf } from '../../usage/part.ts'
import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { Connection } from '../connection.ts'
import type { OnceKeeper } from '../once.ts'
import { blockStart } from './block.ts'
import type { CallDocument } from './call-document.ts'
import { writeCalls } from './ingest.ts'
import type { Quarters } from './quarter.ts'
import { addUp, matches } from './slices.ts'
import type { Ingests } from './unfinished.ts'

/** Quarters read at once when the last call is looked for. */
const SOME = 500

export function usageStore(connection: Connection, keeper: OnceKeeper, quarters: Quarters, ingests: Ingests, cuts: PriceCuts): UsageStore {
  const calls = connection.collection<CallDocument>('call')
  /** Ends when every ingest that came before has been told: events of one hub are in the order of its writes. */
  let told: Promise<unknown> = Promise.resolve()

  const ingest: UsageStore['ingest'] = async (machine, batch, { now }) => {
    const token = randomUUID()
    const before = told
    let done = () => {}
    told = new Promise<void>((resolve) => {
      done = resolve
    })
    try {
      const written = await writeCalls(calls, ingests, token, machine, batch, now)
      if (written.quarters.length > 0) await ingests.finish(token, machine, written.quarters, written.told, now, before)
      else await ingests.noteNothingNew(now)
      return written.counts
    } finally {
      ingests.release(token)
      void before.then(done)
    }
  }

  /** Of the calls asked for: whole quarters by their sums, cut ones by their calls. */
  const read = async ({ from, to, filter }: Pick<SliceQuery, 'from' | 'to' | 'filter'>): Promise<Slice[]> => {
    const first = from === undefined ? undefined : Math.max(0, Math.floor(from / QUARTER))
    const end = to === undefined ? undefined : Math.max(0, Math.ceil(to / QUARTER))
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
    ingest(machine, batch, change) {
      return connection.write(() => keeper.once(change, () => ingest(machine, batch, change)))
    },
    slices(query) {
      return connection.read(async () => {
        const parts: Slice[][] = []
        for (const part of partsOf(query)) parts.push(addUp(await read({ ...part, filter: query.filter }), query, cuts.changes))
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
          const some = await quarters.before(end, SOME)
          const from = some.length < SOME ? 0 : some.at(-1)!
          const found = (await quarters.read(from, end)).filter((slice) => matches(slice, filter))
          if (found.length > 0) return Math.max(...found.map(({ last_at }) => last_at))
          if (from === 0) return undefined
          end = from
        }
      })
    },
    state() {
      return connection.read(() => ingests.state())
    },
  }
}
