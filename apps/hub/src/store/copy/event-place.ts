import { EVENT_RETENTION_MS } from '../event.ts'
import type { CopiedEvent, EventPortion } from './portion.ts'
import type { Tally } from './tally.ts'

/** The log that events are copied into. */
export interface TargetLog {
  /** The last id ever used; 0 when there was none. */
  readonly last: number
  /** The oldest stored event. */
  readonly oldest: Pick<CopiedEvent, 'id' | 'at'> | undefined
  /** The latest instant of any stored event, in milliseconds. */
  readonly latestAt: number | undefined
  withId(id: number): CopiedEvent | undefined
  /** The ids of the events that equal this one apart from their id. */
  same(event: CopiedEvent): readonly number[]
}

/**
 * Where an event of another log is stored: under its own `id` while the log has not passed it, else at the `end`.
 * `there`: it is stored already, under whatever id. `old`: the log has removed it, or would remove it.
 * @param portion the events that are copied together with it, by id
 */
function eventPlace(
  event: CopiedEvent,
  portion: ReadonlyMap<number, CopiedEvent>,
  { last, oldest, latestAt, withId, same }: TargetLog,
  now: number,
): 'id' | 'end' | 'there' | 'old' {
  if (event.at < now - EVENT_RETENTION_MS) return 'old'
  const passed = event.id <= last
  const known = passed ? withId(event.id) : undefined
  if (known !== undefined && isSame(known, event)) return 'there'
  if (latestAt !== undefined && event.at <= latestAt) {
    // Two events of one millisecond may be equal: one stored under its own id does not stand for the other.
    const elsewhere = same(event).filter((id) => {
      const own = portion.get(id)
      return own === undefined || !isSame(own, event)
    })
    if (elsewhere.length > 0) return 'there'
  }
  if (!passed) return 'id'
  const swept = oldest === undefined || oldest.id > 1
  return swept && known === undefined && (oldest === undefined || event.at < oldest.at) ? 'old' : 'end'
}

const olderThanLog = 'older than the log in the target keeps events'

/** Whether two events are equal apart from their ids. */
export function isSame(a: CopiedEvent, b: CopiedEvent): boolean {
  return a.event === b.event && a.at === b.at && a.data === b.data
}

/** The events of a portion that a log lacks, in order, each with its id there. Counts all events of the portion. */
export function missingEvents(
  { rows }: EventPortion,
  log: TargetLog,
  now: number,
  tally: Tally,
): { readonly id: number; readonly event: CopiedEvent }[] {
  const portion = new Map(rows.map((row) => [row.id, row]))
  const missing: { id: number; event: CopiedEvent }[] = []
  let { last } = log
  for (const event of rows) {
    const place = eventPlace(event, portion, { ...log, last }, now)
    if (place === 'old') tally.skip('events', olderThanLog, String(event.id))
    else if (place === 'there') tally.count('events', 'unchanged')
    else {
      last = place === 'id' ? event.id : last + 1
      missing.push({ id: last, event })
      tally.count('events', 'added')
    }
  }
  return missing
}
