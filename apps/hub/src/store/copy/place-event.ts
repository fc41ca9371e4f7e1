import { EVENTS_KEPT_MS } from '../store.ts'
import type { KeptEvent } from './portion.ts'

/** What is known of the log that events are to come into. */
export interface KnownLog {
  /** The last id that was ever used; 0 when none was. */
  readonly last: number
  /** The oldest event there is. */
  readonly oldest: Pick<KeptEvent, 'id' | 'at'> | undefined
  /** The latest instant of an event there is, in milliseconds. */
  readonly latestAt: number | undefined
  withId(id: number): KeptEvent | undefined
  /** Ids of the events that are the same but for their id. */
  same(event: KeptEvent): readonly number[]
}

/**
 * Where an event of another log belongs: under its own `id` as long as the log has not passed it, else at the `end`.
 * `there` already is one that came before, under whatever id. `old` is what the log itself removes, or has removed.
 * @param piece what comes together with it, by id
 */
export function placeOf(
  event: KeptEvent,
  piece: ReadonlyMap<number, KeptEvent>,
  { last, oldest, latestAt, withId, same }: KnownLog,
  now: number,
): 'id' | 'end' | 'there' | 'old' {
  if (event.at < now - EVENTS_KEPT_MS) return 'old'
  const passed = event.id <= last
  const known = passed ? withId(event.id) : undefined
  if (known !== undefined && isSame(known, event)) return 'there'
  if (latestAt !== undefined && event.at <= latestAt) {
    // Two of one millisecond may be alike: one that is where it belongs is not taken for the other.
    const elsewhere = same(event).filter((id) => {
      const own = piece.get(id)
      return own === undefined || !isSame(own, event)
    })
    if (elsewhere.length > 0) return 'there'
  }
  if (!passed) return 'id'
  const swept = oldest === undefined || oldest.id > 1
  return swept && known === undefined && (oldest === undefined || event.at < oldest.at) ? 'old' : 'end'
}

/** What the log of a store says about an event it does not take. */
export const tooOld = 'older than what the log there keeps'

/** But for their ids. */
export function isSame(a: KeptEvent, b: KeptEvent): boolean {
  return a.event === b.event && a.at === b.at && a.data === b.data
}
