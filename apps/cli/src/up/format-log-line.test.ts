import { expect, test } from 'vitest'
import { formatLogLine } from './format-log-line.ts'

/** Five and a half hours ahead of UTC. */
const clock = () => 330 * 60_000
const terminal = { columns: 80, colour: false, write: () => {}, style: (_: string, text: string) => text }

test('a log line has time, program, level and message', () => {
  const time = '2026-11-21T03:35:07.000Z'
  const line = JSON.stringify({
    level: 'WARN',
    time,
    app: 'hub',
    msg: 'slow',
    path: '/x',
    duration_ms: 12,
    err: { message: 'no', stack: '…' },
  })
  expect(formatLogLine('hub', line, terminal, clock)).toBe('09:05:07 hub       warn  slow  no  path=/x  duration_ms=12')
})

test.each(['', 'plain words', '{"half', '[1]', 'null', '{"level":30}'])('%j, which is not a log line, stays unchanged', (line) => {
  expect(typeof formatLogLine('hub', line, terminal, clock)).toBe('string')
  if (!line.includes('level')) expect(formatLogLine('hub', line, terminal, clock)).toBe(line)
})

/** Hides what follows, clears the screen, begins a line, and turns the text around. */
const COMMANDS = '\u001b[8m \u001bc \n \u202e'
const withCommands = (text: string) => `${text}${COMMANDS}${text}`

test.each([
  ['its message', { msg: withCommands('slow') }, 'slow'],
  ['a field', { msg: 'm', path: withCommands('/x') }, 'path=/x'],
  ['the name of a field', { msg: 'm', [withCommands('path')]: 1 }, 'path'],
  ['a nested field', { msg: 'm', request: { headers: [withCommands('curl')] } }, 'curl'],
  ['the message of its error', { msg: 'm', err: { message: withCommands('refused') } }, 'refused'],
  ['its level', { msg: 'm', level: withCommands('WARN') }, 'warn'],
  ['its time', { msg: withCommands('m'), time: withCommands('now') }, 'm'],
])('a log line with commands of a terminal in %s is one harmless line', (_, fields, word) => {
  const entry = { level: 'INFO', time: '2026-11-21T03:35:07.000Z', ...fields }
  const line = formatLogLine('hub', JSON.stringify(entry), terminal, clock)
  expect(line).not.toMatch(/[\p{Cc}\u202e]/u)
  expect(line).toContain(word)
  expect(line).toMatch(/\\u001b\[8m .*\\u001bc .*\\u202e/i)
})

test.each([
  ['plain words', withCommands('a warning of Node')],
  ['half a log line', `{"level": 30, "msg": ${withCommands('half')}`],
  ['JSON without a level', JSON.stringify({ note: withCommands('no level') })],
])('%s with commands of a terminal is one harmless line, too', (_, line) => {
  const text = formatLogLine('hub', line, terminal, clock)
  expect(text).not.toMatch(/[\p{Cc}\u202e]/u)
  expect(text).toContain('\\u202e')
})
