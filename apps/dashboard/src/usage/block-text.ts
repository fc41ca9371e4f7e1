import { whyAtLeast } from '../ui/at-least.ts'
import { formatUsd } from '../ui/number-format.ts'
import { formatTime } from '../ui/time-format.ts'
import { t } from '../words/blocks.ts'
import type { BlockSpan } from './block-span.ts'

/** Text of a block for its tooltip: `5-hour block from 07:40, measured: $1.20`. */
export function describeBlock({ start, row }: BlockSpan, zone: string): string {
  const cost =
    row.calls === 0
      ? t.noCalls
      : row.cost_usd === null
        ? t.costUnknown
        : `${whyAtLeast(row) === undefined ? '' : '≥'}${formatUsd(row.cost_usd)}`
  return t.fiveHourBlockFrom(formatTime(Date.parse(start), zone), row.measured ? t.measured : t.estimated, cost)
}
