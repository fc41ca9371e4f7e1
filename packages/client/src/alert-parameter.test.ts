import type { ParameterField } from '@signalbox/contract/alert-rule-form'
import { expect, test } from 'vitest'
import {
  describeParameter,
  formatExactDuration,
  formatParameter,
  parseDuration,
  parseParameter,
  toParameterText,
} from './alert-parameter.ts'

const after: ParameterField = { label: 'After', unit: 'ms', default: 600_000, min: 0, max: 86_400_000 }
const percents: ParameterField = { label: 'At', unit: 'percents', default: [50, 80], min: 1, max: 1_000 }
const amount: ParameterField = { label: 'Amount', unit: 'usd', min: 0.01, max: 1e9 }
const choice: ParameterField = { label: 'For', unit: 'choice', default: 'any', choices: [{ value: 'any', label: 'Anything' }] }

test('durations are written and read in the same words', () => {
  for (const [ms, text] of [
    [0, '0 s'],
    [90_000, '1 min 30 s'],
    [600_000, '10 min'],
    [5_400_000, '1 h 30 min'],
    [90_061_000, '1 d 1 h 1 min 1 s'],
  ] as const) {
    expect(formatExactDuration(ms)).toBe(text)
    expect(parseDuration(text)).toBe(ms)
  }
  expect(['10m', '0.5h', '1h30m', '0', ' 2 D '].map(parseDuration)).toEqual([600_000, 1_800_000, 5_400_000, 0, 172_800_000])
  expect(['', '10', 'm', '10 parsecs', '-1m', '1h x'].map(parseDuration)).toEqual(Array(6).fill(undefined))
})

test('what a person types becomes the value of the parameter', () => {
  expect(parseParameter(after, '15m')).toEqual({ value: 900_000 })
  expect(parseParameter(percents, '50, 80%,100')).toEqual({ value: [50, 80, 100] })
  expect(parseParameter(amount, '$20')).toEqual({ value: 20 })
  expect(parseParameter(choice, 'anything')).toEqual({ value: 'any' })
  expect(parseParameter({ label: 'R', unit: 'patterns', default: [] }, 'a, b c ,')).toEqual({ value: ['a', 'b c'] })
  expect(parseParameter(after, ' ')).toEqual({ value: undefined })
})

test('what is wrong is said in words', () => {
  expect(parseParameter(amount, '')).toEqual({ problem: 'needs a value' })
  expect(parseParameter(amount, 'many')).toEqual({ problem: 'must be a number' })
  expect(parseParameter(percents, '50, 0')).toEqual({ problem: 'must be at least 1' })
  expect(parseParameter(after, '2d')).toEqual({ problem: 'must be at most 1 d' })
  expect(parseParameter(after, '10')).toMatchObject({ problem: expect.stringContaining('10m') })
  expect(parseParameter(choice, 'all')).toEqual({ problem: 'must be one of any' })
})

test('values are shown in words, and as they are typed', () => {
  expect(formatParameter(after, 600_000)).toBe('10 min')
  expect(formatParameter(percents, [50, 80])).toBe('50%, 80%')
  expect(formatParameter(amount, 20)).toBe('$20')
  expect(formatParameter(choice, 'any')).toBe('Anything')
  expect(toParameterText(percents, [50, 80])).toBe('50, 80')
  expect(toParameterText(after, undefined)).toBe('')
})

test('a parameter is said with its value where it belongs', () => {
  expect(describeParameter(amount, '$20')).toBe('Amount $20')
  expect(describeParameter({ ...after, sentence: 'At least … before' }, '30 min')).toBe('At least 30 min before')
})
