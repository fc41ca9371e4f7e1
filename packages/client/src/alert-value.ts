import { formatExactDuration } from './alert-parameter.ts'

/** The figures of an alert in words, on the page and in the terminal. */

/** `stalled_for_ms` → `Stalled for`; the unit is in the value. */
export function alertValueLabel(name: string): string {
  const words = name.replace(/_(ms|usd|percent|at)$/, '').replaceAll('_', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

type AlertValue = string | number | boolean

/** Whether a figure is an instant, which is shown as other times are. */
export function isInstant(value: AlertValue): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)
}

/** A figure with the unit that its name ends with. @param timeOf formats an instant in the zone of the reader */
export function formatAlertValue(
  name: string,
  value: AlertValue,
  timeOf: (instant: string) => string,
  [yes, no]: readonly [yes: string, no: string] = ['yes', 'no'],
): string {
  if (typeof value === 'boolean') return value ? yes : no
  if (isInstant(value)) return timeOf(value)
  if (typeof value === 'string') return value
  if (name.endsWith('_ms')) return formatExactDuration(Math.round(value / 1_000) * 1_000)
  if (name.endsWith('_usd')) return `$${value.toFixed(2)}`
  if (/(^|_)percent$/.test(name)) return `${Math.round(value * 10) / 10}%`
  return String(Math.round(value * 100) / 100)
}
