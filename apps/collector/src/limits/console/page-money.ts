import type { ExtraUsage } from '@signalbox/contract/extra-usage'
import type { PageWords } from './page-words.ts'

/** The signs of currencies that name one currency each, as the page writes them in English. */
const currencySigns: Readonly<Record<string, string>> = {
  $: 'USD',
  US$: 'USD',
  CA$: 'CAD',
  A$: 'AUD',
  NZ$: 'NZD',
  R$: 'BRL',
  '€': 'EUR',
  '£': 'GBP',
  '¥': 'JPY',
  '₹': 'INR',
  '₩': 'KRW',
}
const WITHOUT_DECIMALS = new Set(['JPY', 'KRW'])

/** `$1,250.40 spent`, `€20 monthly limit`, `$50` alone. */
const AMOUNT = /^([A-Z]{0,2}\$|[€£¥₹₩])\s?(\d{1,3}(?:,\d{3})*|\d+)(?:\.(\d{1,2}))?(?:\s+(.+))?$/

type Amounts = Pick<ExtraUsage, 'used_credits' | 'monthly_limit' | 'balance' | 'currency' | 'decimal_places'>

/**
 * Finds the amounts of extra usage on the page: each stands before its word, on the same line or on the line above. Amounts of
 * two currencies are none.
 */
export function findAmounts(lines: readonly string[], { money }: PageWords): Amounts {
  if (money === undefined) return {}
  const found: { used_credits?: number; monthly_limit?: number; balance?: number } = {}
  const currencies = new Set<string>()
  for (const [index, line] of lines.entries()) {
    const [, sign = '', whole = '', cents = '', rest] = AMOUNT.exec(line) ?? []
    const currency = Object.hasOwn(currencySigns, sign) ? currencySigns[sign] : undefined
    const word = rest ?? lines[index + 1] ?? ''
    const field = money.spent.test(word)
      ? 'used_credits'
      : money.limit.test(word)
        ? 'monthly_limit'
        : money.balance.test(word)
          ? 'balance'
          : undefined
    if (currency === undefined || field === undefined || found[field] !== undefined) continue
    currencies.add(currency)
    const places = placesOf(currency)
    found[field] = Number(whole.replaceAll(',', '')) * 10 ** places + (places === 0 ? 0 : Number(cents.padEnd(places, '0')))
  }
  const [currency] = currencies
  return currencies.size !== 1 || currency === undefined ? {} : { ...found, currency, decimal_places: placesOf(currency) }
}

const placesOf = (currency: string) => (WITHOUT_DECIMALS.has(currency) ? 0 : 2)
