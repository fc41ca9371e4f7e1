import { dump } from '../copy/dump.ts'
import { loadPortion } from '../copy/load.ts'
import { defaultPortionSize } from '../copy/portion.ts'
import { Tally } from '../copy/tally.ts'
import type { CopyStore } from '../copy.ts'
import { copySource } from './copy-source.ts'
import { copyLoaders, type TargetParts } from './copy-target.ts'
import { countRows } from './row-counts.ts'
import type { Writer } from './writer.ts'

export function copyStore(parts: TargetParts, writer: Writer): CopyStore {
  const { connection } = parts
  return {
    async size() {
      return connection.read(() => countRows(connection.db))
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
