export { formatDuration } from '@signalbox/contract/duration-text'
export { formatCompact } from '@signalbox/contract/number-text'

import { printable } from '@signalbox/contract/printable'
import { repeatedOffset, zoneClock } from '@signalbox/usage/zone'

/** `$1,234.56`; less than a cent with four digits. */
export function formatUsd(usd: number | null): string {
  if (usd === null) return 'no price known'
  const digits = usd !== 0 && Math.abs(usd) < 0.01 ? 4 : 2
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

/** `Tue 2026-10-06 14:00`, by the clock of a zone; with its offset where clocks go back and the time comes twice. */
export function formatMoment(ms: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(ms)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  const offset = repeatedOffset(zoneClock(timezone), ms)
  return `${part('weekday')} ${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}${offset === undefined ? '' : ` ${offset}`}`
}

/** An instant as the data of an answer carries it. */
export function instantOf(ms: number): string {
  return new Date(ms).toISOString()
}

/** Four decimals of a dollar are enough for a model, and shorter than seventeen. */
export function roundUsd(usd: number | null): number | null {
  return usd === null ? null : Math.round(usd * 1e4) / 1e4
}

/** A foreign text on one line, shortened to so many characters. */
export function shorten(text: string, max: number): string {
  const line = printable(text.replace(/\s+/g, ' ')).trim()
  const characters = [...line]
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`
}

/** The object without its undefined fields: absent means absent. */
export function compact<T extends Record<string, unknown>>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}
