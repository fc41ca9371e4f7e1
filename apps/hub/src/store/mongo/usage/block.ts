import { BLOCK } from '@signalbox/usage/block'
import { QUARTER } from '@signalbox/usage/slice'

const BLOCK_QUARTERS = BLOCK / QUARTER
const HOUR_QUARTERS = 4
/** So far back it is looked first, in quarters; then four times as far, until there are five hours of silence. */
const SOME_DAYS = 14 * 24 * HOUR_QUARTERS

/**
 * Follows the blocks from call to call. Without a measured window both ends of a block are whole hours, so no quarter is
 * in two.
 * @param quartersIn the quarters in [from, to) that hold a call, oldest first
 * @returns the start of the last block that begins at or before `at`; undefined when no call was made by then
 */
export async function blockStart(
  at: number,
  quartersIn: (from: number, to: number) => Promise<readonly number[]>,
): Promise<number | undefined> {
  const end = Math.floor(at / QUARTER) + 1
  for (let reach = SOME_DAYS; ; reach *= 4) {
    const from = Math.max(0, end - reach)
    const near = await quartersIn(from, end)
    const first = from === 0 ? near[0] : afterSilence(near, from)
    if (first !== undefined) return lastStart(near, first) * QUARTER
    if (from === 0) return undefined
  }
}

/** The start of the last block, in quarters. @param first the quarter of a call that begins one */
function lastStart(quarters: readonly number[], first: number): number {
  let start = 0
  let next = first
  for (const quarter of quarters) {
    if (quarter < next) continue
    start = Math.floor(quarter / HOUR_QUARTERS) * HOUR_QUARTERS
    next = start + BLOCK_QUARTERS
  }
  return start
}

/**
 * A quarter after five hours without a call: whatever block there was before it is over.
 * @param from where looking began
 */
function afterSilence(quarters: readonly number[], from: number): number | undefined {
  for (let nth = quarters.length - 1; nth >= 0; nth--) {
    if (quarters[nth]! - (quarters[nth - 1] ?? from) > BLOCK_QUARTERS + 1) return quarters[nth]
  }
  return undefined
}
