import { expect, test } from 'vitest'
import { formatLogLine } from './format-log-line.ts'

const terminal = { columns: 80, colour: false, write: () => {}, style: (_: string, text: string) => text }

test('a log line has time, program, level and message', () => {
  const time = new Date(2026, 10, 21, 9, 5, 7).toISOString()
  const line = JSON.stringify({
    level: 'WARN',
    time,
    app: 'hub',
    msg: 'slow',
    path: '/x',
    duration_ms: 12,
    err: { message: 'no', stack: '…' },
  })
  expect(formatLogLine('hub', line, terminal)).toBe('09:05:07 hub       warn  slow  no  path=/x  duration_ms=12')
})

test.each(['', 'plain words', '{"half', '[1]', 'null', '{"level":30}'])('%j, which is not a log line, stays unchanged', (line) => {
  expect(typeof formatLogLine('hub', line, terminal)).toBe('string')
  if (!line.includes('level')) expect(formatLogLine('hub', line, terminal)).toBe(line)
})
