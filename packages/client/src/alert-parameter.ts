import type { ParameterField } from '@signalbox/contract/alert-rule-form'

/** The parameters of alert rules as people write and read them, on the page and in the terminal. */

/** A value of a parameter. */
export type ParameterValue = number | string | readonly number[] | readonly string[]

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }
const shown = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** `10 min`, `1 h 30 min`, `0 s`: exact, as it is read again by `parseDuration`. */
export function formatExactDuration(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [unit, length] of shown) {
    const count = Math.floor(rest / length)
    if (count > 0) parts.push(`${count} ${unit}`)
    rest -= count * length
  }
  return parts.length === 0 ? '0 s' : parts.join(' ')
}

/** `10m`, `90 s`, `1 h 30 min` in milliseconds; undefined for what is no duration. */
export function parseDuration(text: string): number | undefined {
  const typed = text.trim().toLowerCase()
  if (typed === '0') return 0
  if (!/^(\d+(\.\d+)?\s*(s|m|min|h|d)\s*)+$/.test(typed)) return undefined
  let ms = 0
  for (const [, count, unit = ''] of typed.matchAll(/(\d+(?:\.\d+)?)\s*(min|[smhd])/g)) ms += Number(count) * (units[unit] ?? 0)
  return Math.round(ms)
}

/** A value in words: `10 min`, `80%`, `$20`, `Permission`. */
export function formatParameter({ unit, choices }: ParameterField, value: ParameterValue): string {
  if (unit === 'ms') return formatExactDuration(Number(value))
  if (unit === 'percent') return `${value}%`
  if (unit === 'usd') return `$${value}`
  if (unit === 'percents' && Array.isArray(value)) return `${value.map((one) => `${one}%`).join(', ')}`
  if (unit === 'choice') return choices?.find((choice) => choice.value === value)?.label ?? String(value)
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** A parameter in a list of rules: `Waiting for longer than 10 min`. @param words its value, as `formatParameter` says it */
export function describeParameter({ label, sentence }: ParameterField, words: string): string {
  return sentence === undefined ? `${label} ${words}` : sentence.replace('…', words)
}

/** A value as a person would type it; the empty text for none. */
export function toParameterText(field: ParameterField, value: ParameterValue | undefined): string {
  if (value === undefined) return ''
  if (field.unit === 'ms') return formatExactDuration(Number(value))
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** What may be wrong with a parameter; the page has it in other languages too. */
export const parameterProblems = {
  needsValue: 'needs a value',
  mustBeTime: 'must be a time such as 10m, 90s or 1h 30m',
  mustBeOneOf: (choices: string) => `must be one of ${choices}`,
  mustBeNumber: 'must be a number',
  mustBeAtLeast: (least: string) => `must be at least ${least}`,
  mustBeAtMost: (most: string) => `must be at most ${most}`,
}
type ParameterProblems = typeof parameterProblems

/** What a person typed for a parameter. @returns the value, undefined where it is empty, or what is wrong with it */
export function parseParameter(
  field: ParameterField,
  text: string,
  problems: ParameterProblems = parameterProblems,
): { readonly value: ParameterValue | undefined } | { readonly problem: string } {
  const typed = text.trim()
  if (typed === '') {
    const isNeeded = field.default === undefined && field.optional !== true
    return isNeeded ? { problem: problems.needsValue } : { value: undefined }
  }
  switch (field.unit) {
    case 'ms': {
      const ms = parseDuration(typed)
      return ms === undefined ? { problem: problems.mustBeTime } : inBounds(field, [ms], formatExactDuration, ms, problems)
    }
    case 'percent':
    case 'usd': {
      const number = toNumber(typed)
      return inBounds(field, [number], String, number, problems)
    }
    case 'percents': {
      const numbers = split(typed).map(toNumber)
      return inBounds(field, numbers, String, numbers, problems)
    }
    case 'choice': {
      const choice = field.choices?.find(({ value, label }) => value === typed || label.toLowerCase() === typed.toLowerCase())
      return choice === undefined
        ? { problem: problems.mustBeOneOf(field.choices?.map(({ value }) => value).join(', ') ?? '') }
        : { value: choice.value }
    }
    case 'patterns':
      return { value: split(typed) }
    case 'time_zone':
      return { value: typed }
  }
}

function inBounds(
  { min, max }: ParameterField,
  numbers: readonly number[],
  format: (value: number) => string,
  value: ParameterValue,
  problems: ParameterProblems,
): { readonly value: ParameterValue } | { readonly problem: string } {
  if (numbers.length === 0 || numbers.some((number) => Number.isNaN(number))) return { problem: problems.mustBeNumber }
  if (min !== undefined && numbers.some((number) => number < min)) return { problem: problems.mustBeAtLeast(format(min)) }
  if (max !== undefined && numbers.some((number) => number > max)) return { problem: problems.mustBeAtMost(format(max)) }
  return { value }
}

const toNumber = (text: string) => {
  const digits = text.replace(/^\$|\s*%$/g, '')
  return digits === '' ? Number.NaN : Number(digits)
}
const split = (text: string) => text.split(/[,\n]/).flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
