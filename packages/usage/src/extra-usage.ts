import type { ExtraUsage } from '@signalbox/contract/extra-usage'
import { MAX_PERCENT_USED } from '@signalbox/contract/limit-label'

type Fields = Readonly<Record<string, unknown>>

/** In the smallest unit of a currency; beyond it a number is a mistake. */
const MAX_AMOUNT = 1e12
/** No currency has more. */
const MAX_DECIMAL_PLACES = 8
const MAX_WORDS_LENGTH = 100
/** Where the source names a currency and not its decimal places. */
const DEFAULT_DECIMAL_PLACES = 2

/**
 * Reads what a source says about extra usage: the object `extra_usage` of Claude's usage response, `spend` of newer ones, or
 * the result of this function. Values that are doubtful are left out, because money is never guessed.
 * @returns undefined when nothing of it is known
 */
export function readExtraUsage(extra: unknown, spend?: unknown): ExtraUsage | undefined {
  const old = fieldsOf(extra)
  const now = fieldsOf(spend)
  const [used, limit, balance] = [moneyOf(now.used), moneyOf(now.limit) ?? moneyOf(fieldsOf(now.cap).money), moneyOf(now.balance)]
  const currency = used?.currency ?? limit?.currency ?? balance?.currency
  // Amounts come from one of the two objects: the newer one, where it has any.
  const isSpend = currency !== undefined
  const amounts = isSpend
    ? {
        used_credits: used?.amount,
        monthly_limit: limit?.amount,
        balance: balance?.amount,
        currency,
        decimal_places: used?.places ?? limit?.places ?? balance?.places,
      }
    : {
        used_credits: amountOf(old.used_credits),
        monthly_limit: amountOf(old.monthly_limit),
        balance: amountOf(old.balance),
        currency: currencyOf(old.currency),
        decimal_places: placesOf(old.decimal_places) ?? (currencyOf(old.currency) === undefined ? undefined : DEFAULT_DECIMAL_PLACES),
      }
  const known = {
    is_enabled: flagOf(now.enabled) ?? flagOf(old.is_enabled),
    ...amounts,
    percentageUsed: percentOf(now.percent) ?? percentOf(old.utilization) ?? percentOf(old.percentageUsed),
    resetsIn: wordsOf(old.resetsIn),
    resetsAt: instantOf(old.resetsAt) ?? instantOf(old.resets_at) ?? instantOf(now.resets_at),
    spend_limit_reached: flagOf(old.spend_limit_reached),
    disabled_reason: wordsOf(now.disabled_reason) ?? wordsOf(old.disabled_reason),
  }
  const entries = Object.entries(known).filter(([, value]) => value !== undefined)
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as ExtraUsage)
}

interface Money {
  readonly amount: number
  readonly currency: string
  readonly places: number
}

/** `{amount_minor: 251, currency: 'GBP', exponent: 2}` */
function moneyOf(value: unknown): Money | undefined {
  const { amount_minor, currency, exponent } = fieldsOf(value)
  const amount = amountOf(amount_minor)
  const code = currencyOf(currency)
  return amount === undefined || code === undefined
    ? undefined
    : { amount, currency: code, places: placesOf(exponent) ?? DEFAULT_DECIMAL_PLACES }
}

const amountOf = (value: unknown) => (typeof value === 'number' && value >= 0 && value <= MAX_AMOUNT ? value : undefined)
const percentOf = (value: unknown) => (typeof value === 'number' && value >= 0 && value <= MAX_PERCENT_USED ? value : undefined)
const flagOf = (value: unknown) => (typeof value === 'boolean' ? value : undefined)
const currencyOf = (value: unknown) => (typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : undefined)
const placesOf = (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_DECIMAL_PLACES ? value : undefined
const wordsOf = (value: unknown) =>
  typeof value === 'string' && value !== '' && value.length <= MAX_WORDS_LENGTH && !/[\p{Cc}\p{Surrogate}]/u.test(value) ? value : undefined

function instantOf(value: unknown): string | undefined {
  const at = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) || at < 0 ? undefined : new Date(at).toISOString()
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}
