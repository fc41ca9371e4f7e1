/** Numbers for people, in the browser's language; the exact value is shown beside them by `Amount`. */

type Locale = string | undefined

const made = new Map<string, Intl.NumberFormat>()
function numbers(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = `${locale ?? ''} ${JSON.stringify(options)}`
  let format = made.get(name)
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, options)
    made.set(name, format)
  }
  return format
}

/** 1,234,567 → `1.2M`; below ten thousand as it is. */
export function compact(value: number, locale?: Locale): string {
  if (Math.abs(value) < 10_000) return numbers(locale, { maximumFractionDigits: 0 }).format(value)
  return numbers(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value)
}

/** 1234567 → `1,234,567`. */
export function exact(value: number, locale?: Locale): string {
  return numbers(locale, { maximumFractionDigits: 2 }).format(value)
}

/** US dollars: `$38.20`, `$12,345` from ten thousand on, `<$0.01` for what would round to nothing. */
export function usd(value: number, locale?: Locale): string {
  const dollars = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const
  if (value > 0 && value < 0.01) return `<${numbers(locale, dollars).format(0.01)}`
  const size = Math.abs(value)
  if (size >= 1_000_000) return numbers(locale, { ...dollars, notation: 'compact', maximumFractionDigits: 2 }).format(value)
  return numbers(locale, { ...dollars, maximumFractionDigits: size >= 10_000 ? 0 : 2 }).format(value)
}

/** US dollars with every digit the hub sent, at least two after the point. */
export function exactUsd(value: number, locale?: Locale): string {
  return numbers(locale, { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', maximumFractionDigits: 12 }).format(value)
}

/** A share of one: 0.474 → `47%`; what is there but small is `<1%`, what is nearly all is not yet all. */
export function percent(share: number, locale?: Locale): string {
  const whole = numbers(locale, { style: 'percent', maximumFractionDigits: 0 })
  if (share > 0 && share < 0.01) return `<${whole.format(0.01)}`
  if (share < 1 && share > 0.99) return `>${whole.format(0.99)}`
  return whole.format(share)
}
