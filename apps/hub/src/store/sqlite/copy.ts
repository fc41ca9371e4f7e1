import { dump } from '../copy/dump.ts'
import { loadPortion } from '../copy/load.ts'
import { defaultPortionSize } from '../copy/portion.ts'
import { Tally } from '../copy/tally.ts'
import type { CopyStore } from '../copy.ts'
import { copySource } from './copy-source.ts'
import { copyLoaders, type TargetParts } from './copy-target.ts'
import type { Writer } from './writer.ts'

export function copyStore(parts: TargetParts, writer: Writer): CopyStore {
  const { connection } = parts
  return {
    async size() {
      const count = (table: string) => (connection.rows(`SELECT count(*) FROM ${table}`).get() as [number])[0]
      return connection.read(() => ({
        keys: count('key'),
        audit: count('audit'),
        machines: count('machine'),
        sessions: count('session'),
        calls: count('call'),
        readings: count('reading'),
        series: count('limit_day'),
        plans: count('limit_account'),
        collectors: count('collector'),
        alerts: count('alert') + count('channel'),
        events: count('event'),
        answers: count('once'),
      }))
    },
    dump: (now, size = defaultPortionSize) => dump(copySource(parts, size), now, size),
    load(portion, _source, now) {
      return writer.write({ now }, (transaction) => {
        const tally = new Tally()
        return { tally, waiting: loadPortion(portion, copyLoaders(parts, tally, transaction)) }
      })
    },
    async settle() {
      // Everything is durable in the log beside the file; a checkpoint makes the file complete without it.
      connection.read(() => connection.db.pragma('wal_checkpoint(TRUNCATE)'))
    },
  }
}
