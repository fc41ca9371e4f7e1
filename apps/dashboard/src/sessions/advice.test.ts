import { expect, it } from 'vitest'
import { germanAdvice } from '../words/de/packages/advice.ts'
import { toAdvice } from './advice.ts'

it('a request to the hub is its button, or nothing where the page has the answer; everything else is as the hub says it, once', () => {
  expect(
    toAdvice([
      'GET …/failure-info shows why it failed; POST …/recover makes it active again.',
      'POST …/recover makes it active again (2 of 3 left).',
      '1 task in progress will be pending again.',
      '1 task in progress will be pending again.',
      'GET /machines/available shows where a slot is free.',
    ]),
  ).toEqual([{ text: '“Recover” makes it active again, 2 of 3 times are left.' }, { text: '1 task in progress will be pending again.' }])
})

it('names the task that was completed last', () => {
  expect(toAdvice(['The task completed last is t1.'], (id) => (id === 't1' ? 'Write it' : undefined))).toEqual([
    { text: 'Completed last: Write it.' },
  ])
})

it('speaks German where it knows the sentence', () => {
  expect(germanAdvice('3 tasks in progress will be pending again.')).toBe('3 Aufgaben in Arbeit stehen dann wieder an.')
  expect(germanAdvice('Run "claude --resume 1" on laptop.')).toBe('Führe "claude --resume 1" auf laptop aus.')
  expect(germanAdvice('Something new.')).toBe(undefined)
})
