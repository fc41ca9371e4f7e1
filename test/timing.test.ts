import { expect, it } from 'vitest'
import { filesOf, textOf } from './support/repository.ts'

const tests = filesOf('.', (file) => file.endsWith('.test.ts') || file.endsWith('.suite.ts'))
const timing = tests.filter((file) => file.endsWith('.timing.test.ts'))
/** Each has the machine to itself, so they take time from every run. */
const MAX_TIMING_FILES = 8

it('few files measure time, and each begins with the reason', () => {
  expect(timing.length).toBeGreaterThan(0)
  expect(timing.length).toBeLessThanOrEqual(MAX_TIMING_FILES)
  expect(timing.filter((file) => !/^\/\/ Timing: .{40,}/.test(textOf(file)))).toEqual([])
})

it('every one of them stretches its limits by the load of the machine', () => {
  expect(timing.filter((file) => !textOf(file).includes('stretchForLoad('))).toEqual([])
})

it('no other file compares a duration with a fixed limit', () => {
  const comparison = /expect\([^)\n]*(?:performance|Date)\.now\(\) - \w+\)?\s*(?:\/ 1000\s*)?\)\.toBeLessThan(?:OrEqual)?\([\d_]+\)/
  const found = tests
    .filter((file) => !timing.includes(file))
    .flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) => (comparison.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    )
  expect(found).toEqual([])
})
