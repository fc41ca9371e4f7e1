import { usd } from '../ui/number-format.ts'
import { clock } from '../ui/time-format.ts'
import type { BlockSpan } from './block-span.ts'

/** `Five-hour block from 07:40, measured: $1.20`, for who points at it. */
export function blockWords({ start, row }: BlockSpan, zone: string): string {
  const cost = row.calls === 0 ? 'no calls' : row.cost_usd === null ? 'cost unknown' : usd(row.cost_usd)
  return `Five-hour block from ${clock(Date.parse(start), zone)}, ${row.measured ? 'measured' : 'estimated'}: ${cost}`
}
