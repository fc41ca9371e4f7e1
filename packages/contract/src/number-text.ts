// This file imports nothing, and does without Intl, which takes 20 ms to load: for programs. The page has the same style in the
// language of its reader; test/number-style.test.ts compares the two.

/** 1234567 → `1,234,567`. */
export function formatInteger(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

const steps = [
  [1e3, 'K'],
  [1e6, 'M'],
  [1e9, 'B'],
  [1e12, 'T'],
] as const

/** 1,234,567 → `1.2M`; below ten thousand in full. */
export function formatCompact(count: number): string {
  if (Math.abs(count) < 10_000) return formatInteger(count)
  for (const [size, unit] of steps) {
    const value = Math.round(count / (size / 10)) / 10
    // 999,950 would be 1000K.
    if (Math.abs(value) < 1_000 || unit === 'T') return `${value}${unit}`
  }
  return formatInteger(count)
}

/** `47%`. Never rounded up to 100%, nor down to 0%; above 100% it is rounded down. */
export function formatPercent(percent: number): string {
  if (percent > 0 && percent < 1) return '<1%'
  if (percent > 99 && percent < 100) return '>99%'
  return `${percent > 100 ? Math.floor(percent + 1e-7) : Math.round(percent)}%`
}

/** US dollars with cents: `$1,234.50`; `<$0.01` for what would be less. */
export function formatUsd(usd: number): string {
  if (usd > 0 && usd < 0.01) return '<$0.01'
  const [whole = '0', cents] = Math.abs(usd).toFixed(2).split('.')
  return `${usd < 0 ? '-' : ''}$${formatInteger(Number(whole))}.${cents}`
}
