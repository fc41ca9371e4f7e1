import type { Gap } from '../../state/listening.ts'
import { type ListeningStore, MAX_GAPS } from '../listening.ts'
import type { Connection } from './connection.ts'

interface ListeningDocument {
  _id: 'listening'
  until?: number
  gaps?: Gap[]
}

/** One document for all hubs: while any of them receives heartbeats, they are received. */
export function listeningStore(connection: Connection): ListeningStore {
  const meta = connection.collection<ListeningDocument>('meta')
  const id = { _id: 'listening' } as const
  return {
    read() {
      return connection.read(async () => {
        const { until, gaps = [] } = (await meta.findOne(id)) ?? {}
        return { ...(until === undefined ? {} : { until }), gaps: gaps.slice(-MAX_GAPS) }
      })
    },
    async noteUntil(until) {
      await connection.write(() => meta.updateOne(id, { $set: { until } }, { upsert: true }))
    },
    async addGap(gap, until) {
      await connection.write(async () => {
        const after = await meta.findOneAndUpdate(id, { $set: { until }, $push: { gaps: gap } }, { upsert: true, returnDocument: 'after' })
        // Not with `$slice`, which not every server has.
        if ((after?.gaps?.length ?? 0) > MAX_GAPS) await meta.updateOne(id, { $pop: { gaps: -1 } })
      })
    },
  }
}
