import { plural } from '@signalbox/contract/plural'

/** 1234567 → 1,234,567. Without Intl, which takes 20 ms to load. */
export function formatInteger(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

const steps = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** 1234567 → 1.23M: three significant digits. */
export function formatShortNumber(count: number): string {
  for (const [size, unit] of steps) {
    // 999,995 would round to 1000k.
    if (count >= size * 0.9995) {
      const value = count / size
      return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)}${unit}`
    }
  }
  return String(Math.round(count))
}

/** Dollars with cents; an unknown cost is not shown as zero. */
export function formatUsd(cost: number | null): string {
  if (cost === null) return 'unknown'
  if (cost > 0 && cost < 0.005) return '<$0.01'
  const [whole = '0', cents] = cost.toFixed(2).split('.')
  return `$${formatInteger(Number(whole))}.${cents}`
}

/** A cost that is at least so much, as `≥$1.25`. Of less than a cent nothing is known that dollars can say: `≥$0.00`. */
export function formatUsdAtLeast(cost: number | null): string {
  if (cost === null) return formatUsd(cost)
  return `≥${formatUsd(cost < 0.005 ? 0 : cost)}`
}

/** 1234567 bytes → 1.2 MB. */
export function formatBytes(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} GB`
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} MB`
  if (count >= 1e3) return `${(count / 1e3).toFixed(0)} kB`
  return `${count} B`
}

/** Milliseconds in their two largest units: `3 h 12 min`. */
export function formatDuration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000)
  if (minutes < 1) return `${Math.max(0, Math.round(milliseconds / 1000))} s`
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  const days = Math.floor(hours / 24)
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`
}

/** Milliseconds in their largest unit, for narrow columns: `12m`. */
export function formatShortDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`
  return `${formatInteger(Math.floor(seconds / 86_400))}d`
}

/** `1 file`, `2 files`. */
export function formatCount(count: number, one: string, many?: string): string {
  return `${formatInteger(count)} ${plural(count, one, many)}`
}
