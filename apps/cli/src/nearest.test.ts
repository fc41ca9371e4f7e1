import { expect, test } from 'vitest'
import { didYouMean } from './nearest.ts'

const names = ['active', 'paused', 'stalled', 'session_stalled', 'session_failed']

test.each([
  ['actve', ' Did you mean active?'],
  ['ACTIVE', ' Did you mean active?'],
  ['puased', ' Did you mean paused?'],
  ['session', ' Did you mean session_stalled or session_failed?'],
  ['session_stall', ' Did you mean session_stalled?'],
  ['zebra', ''],
  ['a', ''],
] as const)('%s', (word, hint) => {
  expect(didYouMean(word, names)).toBe(hint)
})

test('where too many names are near, none is named', () => {
  expect(didYouMean('task', ['task_a', 'task_b', 'task_c', 'task_d', 'task_e'])).toBe('')
})
