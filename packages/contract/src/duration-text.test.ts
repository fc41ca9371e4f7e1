import { expect, test } from 'vitest'
import { formatAgo, formatDuration, formatElapsed, formatRoughDuration } from './duration-text.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

test.each([
  [-SECOND, '0 s', '0 s', '0 s'],
  [59_999, '59 s', '59 s', '59 s'],
  [MINUTE, '1 min', '1 min', '1 min'],
  [4 * MINUTE + 5 * SECOND, '4 min', '4 min 5 s', '4 min'],
  [HOUR - 1, '59 min', '59 min 59 s', '59 min'],
  [HOUR + 5 * SECOND, '1 h', '1 h', '1 h'],
  [2 * HOUR + 42 * MINUTE, '2 h 42 min', '2 h 42 min', '2 h'],
  [DAY, '1 d', '1 d', '1 d'],
  [3 * DAY + 4 * HOUR + 59 * MINUTE, '3 d 4 h', '3 d 4 h', '3 d'],
] as const)('%i ms', (ms, duration, elapsed, rough) => {
  expect([formatDuration(ms), formatElapsed(ms), formatRoughDuration(ms)]).toEqual([duration, elapsed, rough])
})

test('an age is in its largest unit', () => {
  const ages = [-DAY, 9 * SECOND, 12 * SECOND, 3 * MINUTE, 5 * HOUR, DAY, 40 * DAY]
  expect(ages.map((age) => formatAgo(0, age))).toEqual([
    'just now',
    'just now',
    '12 s ago',
    '3 min ago',
    '5 h ago',
    'a day ago',
    '40 days ago',
  ])
})
