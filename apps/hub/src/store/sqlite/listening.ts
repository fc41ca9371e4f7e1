import { type ListeningStore, MAX_GAPS } from '../listening.ts'
import type { Connection } from './connection.ts'
import type { Writer } from './writer.ts'

interface GapRow {
  readonly starts_at: number
  readonly ends_at: number
  readonly step: number
}

export function listeningStore(connection: Connection, writer: Writer): ListeningStore {
  const noteUntil = (until: number) =>
    connection.prepare('INSERT INTO listening VALUES (1, ?) ON CONFLICT DO UPDATE SET until = excluded.until').run(until)
  return {
    async read() {
      return connection.read(() => {
        const until = connection.prepare('SELECT until FROM listening').pluck().get() as number | undefined
        const rows = connection.prepare('SELECT starts_at, ends_at, step FROM listening_gap ORDER BY gap_id').all() as GapRow[]
        const gaps = rows.map(({ starts_at, ends_at, step }) => ({ from: starts_at, to: ends_at, step }))
        return { ...(until === undefined ? {} : { until }), gaps }
      })
    },
    async noteUntil(until) {
      await writer.write({ now: until }, () => noteUntil(until).changes, { guarded: false, deferrable: true })
    },
    async addGap({ from, to, step }, until) {
      await writer.write({ now: until }, () => {
        noteUntil(until)
        const { lastInsertRowid: id } = connection
          .prepare('INSERT INTO listening_gap (starts_at, ends_at, step) VALUES (?, ?, ?)')
          .run(from, to, step)
        return connection.prepare('DELETE FROM listening_gap WHERE gap_id <= ?').run(Number(id) - MAX_GAPS).changes
      })
    },
  }
}
