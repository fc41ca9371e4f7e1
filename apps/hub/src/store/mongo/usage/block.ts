import { BLOCK } from '@signalbox/usage/block'
import { QUARTER } from '@signalbox/usage/slice'

const BLOCK_QUARTERS = BLOCK / QUARTER
const HOUR_QUARTERS = 4
/** So far back it is looked for five hours of silence, in quarters; a fleet that never sleeps has none. */
const SOME_DAYS = 14 * 24 * HOUR_QUARTERS

/**
 * Follows the blocks from call to call. Both ends of a block are whole hours, so no quarter is in two.
 * @param quartersIn the quarters in [from, to) that hold a call, oldest first
 * @returns the start of the block that holds `at`; undefined when none does
 */
export async function blockStart(
  at: number,
  quartersIn: (from: number, to: number) => Promise<readonly number[]>,
): Promise<number | undefined> {
  const end = Math.floor(at / QUARTER)
  const from = Math.max(0, end - SOME_DAYS)
  const near = await quartersIn(from, end + 1)
  const silence = silenceIn(near, from, end + 1)
  let next: number | undefined
  for (const quarter of silence === undefined ? await quartersIn(0, end + 1) : near) {
    if (quarter < (next ?? silence ?? 0)) continue
    const start = Math.floor(quarter / HOUR_QUARTERS) * HOUR_QUARTERS
    next = start + BLOCK_QUARTERS
    if (end < next) return start * QUARTER
  }
  return undefined
}

/** A quarter after five hours without a call: whatever block there was before it is over. */
function silenceIn(quarters: readonly number[], from: number, end: number): number | undefined {
  let quarter = end
  for (const before of quarters.toReversed()) {
    if (quarter - before > BLOCK_QUARTERS + 1) return quarter
    quarter = before
  }
  return from === 0 || quarter - from > BLOCK_QUARTERS + 1 ? quarter : undefined
}
