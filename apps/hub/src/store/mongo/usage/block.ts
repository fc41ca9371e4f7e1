import { BLOCK_MS } from '@signalbox/usage/block'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'

const BLOCK_QUARTERS = BLOCK_MS / QUARTER_HOUR_MS
const HOUR_QUARTERS = 4
/** How far back a pause of five hours is searched for first, in quarters; each further search goes four times as far. */
const FIRST_SEARCH_QUARTERS = 14 * 24 * HOUR_QUARTERS

/**
 * Follows the blocks from call to call. Without a measured window both ends of a block are whole hours, so no quarter is
 * in two blocks.
 * @param quartersIn the quarters in [from, to) with a call, oldest first
 * @returns the start of the latest block that begins at or before `at`; undefined when there is no call by then
 */
export async function blockStart(
  at: number,
  quartersIn: (from: number, to: number) => Promise<readonly number[]>,
): Promise<number | undefined> {
  const end = Math.floor(at / QUARTER_HOUR_MS) + 1
  for (let reach = FIRST_SEARCH_QUARTERS; ; reach *= 4) {
    const from = Math.max(0, end - reach)
    const near = await quartersIn(from, end)
    const first = from === 0 ? near[0] : afterPause(near, from)
    if (first !== undefined) return lastStart(near, first) * QUARTER_HOUR_MS
    if (from === 0) return undefined
  }
}

/** The start of the last block, in quarters. @param first a quarter whose call begins a block */
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
 * The latest quarter that follows five hours without a call: any earlier block has ended by then.
 * @param from the start of the searched range
 */
function afterPause(quarters: readonly number[], from: number): number | undefined {
  for (let nth = quarters.length - 1; nth >= 0; nth--) {
    if (quarters[nth]! - (quarters[nth - 1] ?? from) > BLOCK_QUARTERS + 1) return quarters[nth]
  }
  return undefined
}
