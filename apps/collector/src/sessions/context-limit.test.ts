import { expect, test } from 'vitest'
import { contextLimit } from './context-limit.ts'

test.each([
  ['claude-3-7-sonnet-20250219', 200_000],
  ['claude-haiku-4-5-20251001', 200_000],
  ['claude-opus-4-20250514', 200_000],
  ['claude-opus-4-1-20250805', 200_000],
  ['claude-opus-4-5-20251101', 200_000],
  ['claude-opus-5-5[1m]', 1_000_000],
])('the window of %s is known', (model, limit) => {
  expect(contextLimit(model)).toBe(limit)
})

test.each(['claude-sonnet-4-20250514', 'claude-sonnet-4-5-20250929', 'claude-opus-4-6', 'claude-opus-5-5', 'claude-haiku-5', 'glm-5', ''])(
  'the window of %s may be any: it is left to the status line',
  (model) => {
    expect(contextLimit(model)).toBeUndefined()
  },
)
