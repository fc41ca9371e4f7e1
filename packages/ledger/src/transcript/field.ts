import { type CallName, callFields, MAX_TOKENS_PER_CALL } from '@signalbox/contract/call-field'

/*
 * What the readers of all sources have in common: how a field of a parsed object becomes one of a call.
 */

/** The longest names that the contract allows, in UTF-16 units; longer ones are truncated. */
export function maxLength(name: CallName | 'key' | 'request_id'): number {
  return callFields[name].max
}

/** The model of a call whose record names none. */
export const UNKNOWN_MODEL = 'unknown'

export type Fields = Record<string, unknown>

export function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

/** Reads a name; undefined when none was written. */
export function name(value: unknown, length: number): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  // A lone surrogate cannot be stored as UTF-8 and would be read as another text.
  return (value.length > length ? value.slice(0, length) : value).toWellFormed()
}

/** Reads counts of one record, and remembers whether one of them was none. */
export class CountReader {
  isOdd = false

  read(value: unknown): number {
    if (value === undefined || value === null) return 0
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_TOKENS_PER_CALL) return value + 0
    this.isOdd = true
    return 0
  }
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-]\d\d:?\d\d)?$/

/** The last instant whose year has four digits, as the contract requires. */
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** Parses an instant to milliseconds since 1970; undefined when the text is not an instant, or is earlier. */
export function instant(text: string): number | undefined {
  const iso8601 = ISO.exec(text)
  if (iso8601 === null) return undefined
  // Without a zone, the text would mean a different instant on each machine.
  const ms = Date.parse(iso8601[1] === undefined ? `${text}Z` : text)
  return ms >= 0 && ms <= LAST_INSTANT ? ms : undefined
}

/** A key as the contract allows it: one that is too long is hashed, so that it stays unique. */
export function boundedKey(key: string): string {
  if (key.length <= maxLength('key')) return key
  return `sha256:${process.getBuiltinModule('node:crypto').hash('sha256', key, 'hex')}:`
}
