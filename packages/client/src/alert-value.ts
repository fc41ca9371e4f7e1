import { formatExactDuration } from './alert-parameter.ts'

/** The figures of an alert in words, on the page and in the terminal. */

/** `stalled_for_ms` → `Stalled for`; the unit is in the value. */
export function alertValueLabel(name: string): string {
  const words = name.replace(/_(ms|usd|percent|at)$/, '').replaceAll('_', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** A figure with the unit that its name ends with. */
export function formatAlertValue(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (name.endsWith('_ms')) return formatExactDuration(Math.round(value / 1_000) * 1_000)
  if (name.endsWith('_usd')) return `$${value.toFixed(2)}`
  if (/(^|_)percent$/.test(name)) return `${Math.round(value * 10) / 10} %`
  return String(Math.round(value * 100) / 100)
}
