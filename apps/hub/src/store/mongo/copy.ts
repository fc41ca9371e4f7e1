import { dump } from '../copy/dump.ts'
import { loadPortion } from '../copy/load.ts'
import { defaultPortionSize } from '../copy/portion.ts'
import { Tally } from '../copy/tally.ts'
import type { CopyStore } from '../copy.ts'
import { copySource } from './copy-source.ts'
import { copyLoaders, type TargetParts } from './copy-target.ts'
import type { QuarterSums } from './usage/quarter.ts'

export function copyStore(parts: TargetParts, quarters: QuarterSums): CopyStore {
  const { connection } = parts
  return {
    size() {
      const count = (name: string) => connection.collection(name).estimatedDocumentCount()
      return connection.read(async () => ({
        keys: await count('key'),
        audit: await count('audit'),
        machines: await count('machine'),
        sessions: await count('session'),
        calls: await count('call'),
        readings: await count('reading'),
        series: await count('limit_day'),
        plans: await count('limit_account'),
        collectors: await count('collector'),
        alerts: (await count('alert')) + (await count('channel')),
        events: await count('event'),
        answers: await count('once'),
      }))
    },
    dump: (now, size = defaultPortionSize) => dump(copySource(parts, size), now, size),
    load(portion, source, now) {
      return connection.write(async () => {
        const tally = new Tally()
        return { tally, waiting: await loadPortion(portion, copyLoaders(parts, tally, source, now)) }
      })
    },
    settle() {
      return connection.write(() => quarters.sumUpAll())
    },
  }
}
