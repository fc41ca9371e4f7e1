import { expect, it } from 'vitest'
import { Episodes } from './episode.ts'
import type { Subject, Verdict } from './rule/rule-kind.ts'

const subject: Subject = { key: 'a', about: { session_id: 'a' } }
const holds = (since: number, more: object = {}): Verdict => ({
  verdict: 'holds',
  since,
  severity: 'warning',
  summary: 's',
  values: {},
  ...more,
})
const clear: Verdict = { verdict: 'clear' }
const unknown: Verdict = { verdict: 'unknown', reason: 'r' }

it.each<[string, [number, Verdict][], { for_ms?: number; clear_ms?: number }, [number, number | undefined][]]>([
  [
    'opens and closes',
    [
      [10, holds(9)],
      [20, clear],
    ],
    {},
    [[9, 20]],
  ],
  [
    'stays open',
    [
      [10, holds(9)],
      [20, holds(19)],
    ],
    {},
    [[9, undefined]],
  ],
  [
    'is not changed by what is unknown',
    [
      [10, holds(9)],
      [20, unknown],
      [30, holds(30)],
      [40, clear],
    ],
    {},
    [[9, 40]],
  ],
  [
    'closes when its subject is gone',
    [
      [10, holds(9)],
      [20, { verdict: 'gone' }],
    ],
    {},
    [[9, 20]],
  ],
  [
    'does not open when it does not hold long enough',
    [
      [10, holds(10)],
      [14, clear],
    ],
    { for_ms: 5 },
    [],
  ],
  [
    'opens when it has held long enough',
    [
      [10, holds(10)],
      [16, clear],
    ],
    { for_ms: 5 },
    [[15, 16]],
  ],
  ['is not open yet', [[97, holds(97)]], { for_ms: 5 }, []],
  [
    'goes on when it was clear for a moment only',
    [
      [10, holds(10)],
      [20, clear],
      [22, holds(22)],
      [30, clear],
    ],
    { clear_ms: 5 },
    [[10, 30]],
  ],
  [
    'is another one when it was clear for longer',
    [
      [10, holds(10)],
      [20, clear],
      [26, holds(26)],
      [30, clear],
    ],
    { clear_ms: 5 },
    [
      [26, 30],
      [10, 20],
    ],
  ],
  [
    'closes itself, and comes once',
    [
      [10, holds(9, { closes_itself: true })],
      [11, holds(9, { closes_itself: true })],
    ],
    {},
    [[9, 9]],
  ],
])('an alert %s', (_, verdicts, { for_ms = 0, clear_ms = 0 }, expected) => {
  const episodes = new Episodes({ for_ms, clear_ms })
  for (const [now, verdict] of verdicts) episodes.add(subject, verdict, now)
  expect(episodes.since(0, 100).map(({ opened_at, closed_at }) => [opened_at, closed_at])).toEqual(expected)
})

it('has those that opened since an instant, newest first', () => {
  const episodes = new Episodes({ for_ms: 0, clear_ms: 0 })
  for (const [index, key] of ['a', 'b', 'c'].entries()) episodes.add({ key, about: {} }, holds(index * 10), index * 10)
  expect(episodes.since(10, 100).map(({ subject }) => subject)).toEqual(['c', 'b'])
  expect(episodes.held.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
})
