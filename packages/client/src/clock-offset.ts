/** Responses slower than this locate the hub's clock too loosely to be used. */
const MAX_ROUND_TRIP_MS = 10_000

/**
 * Milliseconds that the hub's clock is ahead of the caller's; 0 as long as every response is consistent with that.
 * @param date a `Date` header: whole seconds, rounded down
 * @param sentAt and `receivedAt`: milliseconds on the caller's clock; the hub wrote the header in between
 * @param known the previous offset
 */
export function clockOffset(date: string | null, sentAt: number, receivedAt: number, known: number): number {
  const written = Date.parse(date ?? '')
  if (Number.isNaN(written) || receivedAt < sentAt || receivedAt - sentAt > MAX_ROUND_TRIP_MS) return known
  const [min, max] = [written - receivedAt, written + 1_000 - sentAt]
  if (min <= 0 && max >= 0) return 0
  return known >= min && known <= max ? known : (min + max) / 2
}
