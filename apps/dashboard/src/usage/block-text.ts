import { whyAtLeast } from '../ui/at-least.ts'
import { formatUsd } from '../ui/number-format.ts'
import { formatTime } from '../ui/time-format.ts'
import type { BlockSpan } from './block-span.ts'

/** Text of a block for its tooltip: `5-hour block from 07:40, measured: $1.20`. */
export function describeBlock({ start, row }: BlockSpan, zone: string): string {
  const cost =
    row.calls === 0
      ? 'no calls'
      : row.cost_usd === null
        ? 'cost unknown'
        : `${whyAtLeast(row) === undefined ? '' : '≥'}${formatUsd(row.cost_usd)}`
  return `5-hour block from ${formatTime(Date.parse(start), zone)}, ${row.measured ? 'measured' : 'estimated'}: ${cost}`
}
