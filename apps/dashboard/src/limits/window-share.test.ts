import { expect, test } from 'vitest'
import { estimateShare } from './window-share.ts'

/** Two percent for a dollar, where all of it is from here. */
const here = [10, 20, 8, 15].map((costUsd) => ({ costUsd, percent: 2 * costUsd }))

test('what a dollar uses of the limit at other times says how much of a window is from here', () => {
  expect(estimateShare({ costUsd: 10, percent: 50 }, here)).toEqual({ fromHere: 20, elsewhere: 30 })
  expect(estimateShare({ costUsd: 30, percent: 50 }, here)).toEqual({ fromHere: 50, elsewhere: 0 })
  expect(estimateShare({ costUsd: 0, percent: 7 }, here)).toEqual({ fromHere: 0, elsewhere: 7 })
})

test('times at which others used the plan too do not count as from here', () => {
  const mixed = [...here, { costUsd: 5, percent: 60 }, { costUsd: 10, percent: 90 }]
  expect(estimateShare({ costUsd: 10, percent: 50 }, mixed)).toEqual({ fromHere: 20, elsewhere: 30 })
})

test('is not known with too little past, or too little usage in it', () => {
  expect(estimateShare({ costUsd: 10, percent: 50 }, here.slice(1))).toBeUndefined()
  expect(estimateShare({ costUsd: 10, percent: 50 }, [...here.slice(1), { costUsd: 0.1, percent: 1 }])).toBeUndefined()
})
