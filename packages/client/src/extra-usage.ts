/** Extra usage as the hub answers it: what is paid beyond the plan. Fields that are not known are absent. */
export type ExtraUsageInput = Readonly<Record<string, unknown>>

/** The words of extra usage; the page has them in other languages too. */
export const extraUsageWords = {
  offBecause: (reason: string) => `off (${reason})`,
  offNow: 'off now',
  used: (used: string) => `${used} used this month`,
  usedOf: (used: string, limit: string, share: string) => `${used} used this month of a ${limit} spend limit${share}`,
  spendLimit: (limit: string, share: string) => `spend limit ${limit} a month${share}`,
  limitReached: 'spend limit reached',
  creditsLeft: (left: string) => `${left} of credits left`,
  on: 'on',
  credits: (amount: string) => `${amount} credits`,
  share: (percent: number) => `${percent}%`,
}

/**
 * What was paid beyond the plan, in words: `$106.31 used this month of a $200.00 spend limit (53%)`. Amounts that have no
 * currency are credits.
 * @returns undefined where there is nothing to say: extra usage is off and was not used
 */
export function describeExtraUsage(
  extra: ExtraUsageInput | undefined,
  locale?: string,
  words: typeof extraUsageWords = extraUsageWords,
): string | undefined {
  if (extra === undefined) return undefined
  const { is_enabled, used_credits, monthly_limit, balance, percentageUsed, spend_limit_reached, disabled_reason } = extra
  const money = (value: unknown) =>
    typeof value === 'number' && Number.isFinite(value) ? formatAmount(value, extra, locale, words) : undefined
  const [used, limit, left] = [money(used_credits), money(monthly_limit), money(balance)]
  // Rounded down: only 100 % is the limit.
  const share = typeof percentageUsed === 'number' ? ` (${words.share(Math.floor(percentageUsed))})` : ''
  const parts: string[] = []
  if (is_enabled === false && typeof disabled_reason === 'string') parts.push(words.offBecause(disabled_reason.replaceAll('_', ' ')))
  else if (is_enabled === false && (used_credits ?? 0) !== 0) parts.push(words.offNow)
  if (used !== undefined && (is_enabled !== false || parts.length > 0))
    parts.push(limit === undefined ? words.used(used) : words.usedOf(used, limit, share))
  else if (is_enabled !== false && limit !== undefined) parts.push(words.spendLimit(limit, share))
  if (spend_limit_reached === true) parts.push(words.limitReached)
  if (left !== undefined && left !== '' && (balance as number) > 0) parts.push(words.creditsLeft(left))
  if (parts.length === 0 && is_enabled === true) parts.push(words.on)
  return parts.length === 0 ? undefined : parts.join(', ')
}

/** @param amount in the smallest unit of the currency */
function formatAmount(
  amount: number,
  { currency, decimal_places }: ExtraUsageInput,
  locale: string | undefined,
  words: typeof extraUsageWords,
): string {
  if (typeof currency !== 'string' || !/^[A-Za-z]{3}$/.test(currency)) return words.credits(amount.toLocaleString(locale ?? 'en-US'))
  const places = typeof decimal_places === 'number' && decimal_places >= 0 && decimal_places <= 8 ? Math.floor(decimal_places) : 2
  const digits = { minimumFractionDigits: places, maximumFractionDigits: places }
  return (amount / 10 ** places).toLocaleString(locale ?? 'en-US', { style: 'currency', currency: currency.toUpperCase(), ...digits })
}
