import { locale as pageLocale } from '../words/language.ts'

/** Numbers in the language of the page; `Count` and `Money` add the exact value. */

type Locale = string | undefined

const formats = new Map<string, Intl.NumberFormat>()
function numberFormat(locale: Locale = pageLocale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = `${locale} ${JSON.stringify(options)}`
  let format = formats.get(name)
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, options)
    formats.set(name, format)
  }
  return format
}

/** 1,234,567 → `1.2M`; below ten thousand in full. */
export function formatCompact(value: number, locale?: Locale): string {
  if (Math.abs(value) < 10_000) return numberFormat(locale, { maximumFractionDigits: 0 }).format(value)
  return numberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value)
}

/** 1234567 → `1,234,567`. */
export function formatExact(value: number, locale?: Locale): string {
  return numberFormat(locale, { maximumFractionDigits: 2 }).format(value)
}

/** US dollars: `$38.20`, `$12,345` from ten thousand on, `<$0.01` for amounts that would round to zero. */
export function formatUsd(value: number, locale?: Locale): string {
  const dollars = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const
  if (value > 0 && value < 0.01) return `<${numberFormat(locale, dollars).format(0.01)}`
  const size = Math.abs(value)
  if (size >= 1_000_000) return numberFormat(locale, { ...dollars, notation: 'compact', maximumFractionDigits: 2 }).format(value)
  return numberFormat(locale, { ...dollars, maximumFractionDigits: size >= 10_000 ? 0 : 2 }).format(value)
}

/** US dollars with every digit the hub sent, at least two after the decimal point. */
export function formatExactUsd(value: number, locale?: Locale): string {
  return numberFormat(locale, { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', maximumFractionDigits: 12 }).format(
    value,
  )
}

/** A share of one: 0.474 → `47%`. Values close to 0 or 1 become `<1%` and `>99%`. */
export function formatPercent(share: number, locale?: Locale): string {
  const whole = numberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  if (share > 0 && share < 0.01) return `<${whole.format(0.01)}`
  if (share < 1 && share > 0.99) return `>${whole.format(0.99)}`
  // Rounded down: 100% is all of it, and more is more.
  if (share > 1) return whole.format(Math.floor(share * 100 + 1e-9) / 100)
  return whole.format(share)
}

/** A share of one with its decimals: 0.198 → `19.8%`. */
export function formatExactPercent(share: number, locale?: Locale): string {
  return numberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }).format(share)
}
