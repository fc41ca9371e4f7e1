import { expect, it } from 'vitest'
import type { AskedQuestion } from '../hub/question.ts'
import { settledText, shownQuestions, titleOf } from './question-text.ts'

const open: AskedQuestion = {
  question_id: '0b0e7c52-6a53-4d3e-8f0a-1b9f3a7c5d11',
  session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21',
  machine_id: 'laptop',
  kind: 'permission',
  state: 'open',
  asked_at: '2026-10-06T09:12:00.000Z',
  expires_at: '2026-10-06T10:12:00.000Z',
  content: { tool: 'Bash', details: [], suggestions: [], choices: [] },
}
const answered = { decision: 'allow', via: 'page', by: 'phone', at: '2026-10-06T09:13:00.000Z' } as const

it('an open question has a title and nothing settled', () => {
  expect(titleOf(open)).toBe('Allow Bash?')
  expect(titleOf({ kind: 'plan' })).toBe('Approve the plan?')
  expect(settledText(open)).toBeUndefined()
})

it.each([
  [{ state: 'answered', answered }, 'Allowed by phone. The session gets the answer …'],
  [{ state: 'ended', answered, outcome: 'applied' }, 'Allowed by phone. The session goes on.'],
  [
    { state: 'ended', answered: { ...answered, decision: 'deny', via: 'link' }, outcome: 'applied' },
    'Denied by phone, with a link. The session goes on.',
  ],
  [{ state: 'ended', outcome: 'terminal' }, 'Answered in the terminal.'],
  [
    { state: 'ended', answered, outcome: 'terminal' },
    'Answered in the terminal. Allowed by phone too, a moment later: that did not count.',
  ],
  [{ state: 'ended', outcome: 'timed_out' }, 'No one has answered in time. The terminal still asks.'],
  [{ state: 'ended', outcome: 'session_ended' }, 'The session has ended.'],
] as const)('%j is shown in words', (change, words) => {
  expect(settledText({ ...open, ...change })).toBe(words)
})

it('a settled question is shown for a minute, and a session shows its own only', () => {
  const ended: AskedQuestion = { ...open, state: 'ended', outcome: 'terminal', ended_at: '2026-10-06T09:14:00.000Z' }
  const at = Date.parse('2026-10-06T09:14:30.000Z')
  expect(shownQuestions([open, ended], at)).toHaveLength(2)
  expect(shownQuestions([open, ended], at + 60_000)).toEqual([open])
  expect(shownQuestions([open], at, 'another')).toEqual([])
})
