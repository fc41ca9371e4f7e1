import { formatInteger, formatUsd as formatKnownUsd } from '@signalbox/contract/number-text'
import { plural } from '@signalbox/contract/plural'

/** Dollars with cents; an unknown cost is not shown as zero. */
export function formatUsd(cost: number | null): string {
  return cost === null ? 'unknown' : formatKnownUsd(cost)
}

/** A cost that is at least so much, as `≥$1.25`. Of less than a cent nothing is known that dollars can say: `≥$0.00`. */
export function formatUsdAtLeast(cost: number | null): string {
  if (cost === null) return formatUsd(cost)
  return `≥${formatUsd(cost < 0.01 ? 0 : cost)}`
}

/** 1234567 bytes → 1.2 MB. */
export function formatBytes(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} GB`
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} MB`
  if (count >= 1e3) return `${(count / 1e3).toFixed(0)} kB`
  return `${count} B`
}

/** `1 file`, `2,000 files`. */
export function formatCount(count: number, one: string, many?: string): string {
  return `${formatInteger(count)} ${plural(count, one, many)}`
}
