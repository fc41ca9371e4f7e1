import { expect, test } from 'vitest'
import { describeExtraUsage } from './extra-usage.ts'

test.each([
  [{ is_enabled: true, used_credits: 10_631, currency: 'USD', decimal_places: 2 }, '$106.31 used this month'],
  [
    { is_enabled: true, used_credits: 1250, monthly_limit: 5000, currency: 'EUR', decimal_places: 2, percentageUsed: 25 },
    '€12.50 used this month of a €50.00 spend limit (25%)',
  ],
  [
    {
      is_enabled: true,
      used_credits: 5012,
      monthly_limit: 5000,
      currency: 'GBP',
      decimal_places: 2,
      percentageUsed: 100.24,
      spend_limit_reached: true,
    },
    '£50.12 used this month of a £50.00 spend limit (100%), spend limit reached',
  ],
  [
    { is_enabled: true, used_credits: 1250, monthly_limit: 9000, currency: 'JPY', decimal_places: 0 },
    '¥1,250 used this month of a ¥9,000 spend limit',
  ],
  [{ is_enabled: true, used_credits: 0, balance: 725, currency: 'USD', decimal_places: 2 }, '$0.00 used this month, $7.25 of credits left'],
  [
    { is_enabled: false, used_credits: 300, currency: 'USD', decimal_places: 2, disabled_reason: 'out_of_credits' },
    'off (out of credits), $3.00 used this month',
  ],
  [{ is_enabled: true, used_credits: 12_345 }, '12,345 credits used this month'],
  [{ is_enabled: true }, 'on'],
  [{ is_enabled: true, used_credits: null, currency: 'US' }, 'on'],
  [{ is_enabled: false }, undefined],
  [{}, undefined],
  [undefined, undefined],
])('%j is described as %s', (extra, text) => {
  expect(describeExtraUsage(extra, 'en-US')).toBe(text)
})

test('money is written as the language does', () => {
  const extra = { is_enabled: true, used_credits: 10_631, currency: 'EUR', decimal_places: 2 }
  expect(describeExtraUsage(extra, 'de-DE')?.replace(/\s/g, ' ')).toBe('106,31 € used this month')
})
