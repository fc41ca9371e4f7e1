import { useSyncExternalStore } from 'react'
import { useNow } from '../ui/use-now.ts'

/** Responses slower than this locate the hub's clock too loosely to be used. */
const MAX_ROUND_TRIP_MS = 10_000

/**
 * Milliseconds that the hub's clock is ahead of the browser's; 0 as long as every response is consistent with that.
 * @param date a `Date` header: whole seconds, rounded down
 * @param sentAt and `receivedAt`: milliseconds on the browser's clock; the hub wrote the header in between
 * @param known the previous offset
 */
export function clockOffset(date: string | null, sentAt: number, receivedAt: number, known: number): number {
  const written = Date.parse(date ?? '')
  if (Number.isNaN(written) || receivedAt < sentAt || receivedAt - sentAt > MAX_ROUND_TRIP_MS) return known
  const [min, max] = [written - receivedAt, written + 1_000 - sentAt]
  if (min <= 0 && max >= 0) return 0
  return known >= min && known <= max ? known : (min + max) / 2
}

let offset = 0
const listeners = new Set<() => void>()

function setOffset(next: number): void {
  if (next === offset) return
  offset = next
  for (const listener of listeners) listener()
}

/** Updates the offset from the `Date` header of a response. */
export function observeHubClock(date: string | null, sentAt: number, receivedAt: number): void {
  setOffset(clockOffset(date, sentAt, receivedAt, offset))
}

/** Restores the offset stored by an earlier visit, until the hub responds. */
export function restoreHubClock(known: number): void {
  setOffset(known)
}

export function hubClockOffset(): number {
  return offset
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The time on the hub's clock, in milliseconds, rounded to `step`: ages use it because the browser's clock may be wrong. */
export function useHubNow(step: number): number {
  const now = useNow(step)
  return now + useSyncExternalStore(subscribe, hubClockOffset)
}
