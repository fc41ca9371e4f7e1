import { describe, expect, test } from 'vitest'
import type { CostState } from '../transcript/claude-code/cost-state.ts'
import { costState } from './cost-state.fixture.ts'
import { findBase, findRuns } from './recorded-runs.ts'

const START = 1_000_000
const none = () => 'none' as const

/** The runs as their limits and the output of the model m. */
function runsOf(lines: readonly CostState[], mainCalls: readonly number[], baseOf: Parameters<typeof findRuns>[1]['baseOf'] = none) {
  return findRuns(lines, { mainCalls, baseOf }).map(({ from, to, sums }) => [from, to, sums.get('m')?.output])
}

describe('the runs of a session', () => {
  test('are one, from the start of the process on, where one line has its sums', () => {
    const line = costState({ start: START, duration: 5_000, at: START + 4_000, models: { m: { output: 10 } } })
    expect(runsOf([line], [START + 1_000, START + 2_000])).toEqual([[START, Number.POSITIVE_INFINITY, 10]])
  })

  test('have each the difference to the line before, in the order of how long the processes have run', () => {
    const lines = [
      costState({ start: START, duration: 9_000, at: START + 60_000, models: { m: { output: 17 }, n: { output: 3 } } }),
      costState({ start: START, duration: 5_000, at: START + 5_000, models: { m: { output: 10 } } }),
    ]
    expect(runsOf(lines, [START + 1_000, START + 57_000])).toEqual([
      [START, START + 57_000, 10],
      [START + 57_000, Number.POSITIVE_INFINITY, 7],
    ])
  })

  test('are not more than there were when a process writes its line twice', () => {
    const lines = [5_000, 5_003].map((duration) => costState({ start: START, duration, models: { m: { output: 10 } } }))
    expect(runsOf(lines, [START + 1_000])).toEqual([[START, Number.POSITIVE_INFINITY, 10]])
  })

  test('leave out what a killed process did between two others', () => {
    const lines = [
      costState({ start: START, duration: 5_000, at: START + 5_000, models: { m: { output: 10 } } }),
      costState({ start: START, duration: 9_000, at: START + 100_000, models: { m: { output: 17 } } }),
    ]
    const [first, second] = runsOf(lines, [START + 1_000, START + 50_000, START + 97_000])
    expect(first).toEqual([START, START + 50_000, 10])
    expect(second).toEqual([START + 96_000, Number.POSITIVE_INFINITY, 7])
  })

  test('leave out what was before the first line, by a killed process or an older version', () => {
    const line = costState({ start: START, duration: 5_000, at: START + 4_000, models: { m: { output: 10 } } })
    expect(runsOf([line], [START - 9_000, START + 1_000])[0]?.[0]).toBe(START)
  })

  test('begin with the session where the start of its line cannot be right', () => {
    const later = costState({ start: START, duration: 5_000, at: START - 1_000, models: { m: { output: 10 } } })
    expect(runsOf([later], [START - 9_000])).toEqual([[Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 10]])
  })

  test('of two lineages follow each other: a process that took over nothing began anew', () => {
    const lines = [
      costState({ start: START, duration: 5_000, models: { m: { output: 10 } } }),
      costState({ start: START + 90_000, duration: 5_000, models: { m: { output: 4 } } }),
    ]
    expect(runsOf(lines, [START + 1_000, START + 91_000])).toEqual([
      [START, START + 90_000, 10],
      [START + 90_000, Number.POSITIVE_INFINITY, 4],
    ])
  })

  test('of a fork have what it did itself, and nothing where what it took over is not known', () => {
    const line = costState({ start: START, duration: 9_000, at: START + 60_000, models: { m: { output: 17 } } })
    const base = costState({ session: 'o', start: START, duration: 5_000, at: START + 5_000, models: { m: { output: 10 } } })
    expect(runsOf([line], [START + 57_000], () => base)).toEqual([[START + 56_000, Number.POSITIVE_INFINITY, 7]])
    expect(runsOf([line], [START + 57_000], () => 'unknown')).toEqual([])
    const next = costState({ start: START, duration: 12_000, at: START + 90_000, models: { m: { output: 19 } } })
    expect(runsOf([line, next], [START + 57_000, START + 88_000], () => 'unknown')).toEqual([[START + 88_000, Number.POSITIVE_INFINITY, 2]])
  })

  test('have no negative numbers, whatever the lines say', () => {
    const lines = [
      costState({ start: START, duration: 1_000, at: START, models: { m: { output: 10, read: 5 } } }),
      costState({ start: START, duration: 2_000, at: START, models: { m: { output: 4, read: 9 } } }),
    ]
    expect(runsOf(lines, []).map(([, , output]) => output)).toEqual([10, 0])
  })
})

describe('what a fork began with', () => {
  const first = costState({ session: 'f', start: START, duration: 9_000, models: { m: { input: 30, output: 300, read: 30, write: 3 } } })
  const line = (session: string, duration: number, tens: number) =>
    costState({ session, start: START, duration, models: { m: { input: tens * 10, output: tens * 100, read: tens * 10, write: tens } } })
  const prompt = { at: START + 8_500, input: 10, read: 10, write: 1 }

  test('is the latest line of another session that leaves enough for its own calls', () => {
    // A sibling forked from the same original, and ended before: its sums are no part of this one's.
    const [original, sibling] = [line('o', 5_000, 1), line('g', 6_000, 2.5)]
    expect(findBase(first, [sibling, original], prompt)).toBe(original)
    expect(findBase(first, [line('o', 5_000, 1), line('o', 7_000, 2)], prompt)?.duration).toBe(7_000)
  })

  test('is never a line that is younger or larger', () => {
    expect(findBase(first, [line('g', 9_500, 1), line('h', 8_000, 4)], prompt)).toBeUndefined()
  })

  test('is no line that was written after its own first call: the original has gone on', () => {
    const [original, later] = [line('o', 5_000, 1), { ...line('o', 7_000, 2), at: START + 8_600 }]
    expect(findBase(first, [original, later], prompt)).toBe(original)
  })

  test('is the latest one where none leaves enough, so that nothing counts twice', () => {
    expect(findBase(first, [line('o', 5_000, 1), line('o', 7_000, 2)], { at: START, input: 50, read: 50, write: 5 })?.duration).toBe(7_000)
  })
})
