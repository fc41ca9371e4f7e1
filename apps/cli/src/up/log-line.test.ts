import { expect, test } from 'vitest'
import { readableLine } from './log-line.ts'

const terminal = { columns: 80, colour: false, write: () => {}, style: (_: string, text: string) => text }

test('a log line says when, who, how bad, and what', () => {
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
  expect(readableLine('hub', line, terminal)).toBe('09:05:07 hub       warn  slow  no  path=/x  duration_ms=12')
})

test.each(['', 'plain words', '{"half', '[1]', 'null', '{"level":30}'])('%j, which is not one of our log lines, does no harm', (line) => {
  expect(typeof readableLine('hub', line, terminal)).toBe('string')
  if (!line.includes('level')) expect(readableLine('hub', line, terminal)).toBe(line)
})
