import { expect, test } from 'vitest'
import { describeLimitOrigin, describeSource } from './collector-source.ts'

test.each([
  [{ name: 'claude-json', state: 'waiting' }, "Claude Code's file: nothing to read yet"],
  [{ name: 'statusline', state: 'waiting' }, 'Status line: not set up, or nothing to read yet (signalbox statusline install)'],
  [{ name: 'console', state: 'waiting' }, 'Usage page: not set up, or in use (signalbox web login)'],
  [{ name: 'console', state: 'needs_login' }, 'Usage page: sign in: signalbox web login'],
  [{ name: 'sessions', state: 'failing', problem: 'no folder' }, 'Sessions: failing, no folder'],
])('%j reads %s', (source, text) => {
  expect(describeSource(source)).toBe(text)
})

test('a source of a newer collector keeps its name, also one with the name of a property of every object', () => {
  expect(describeSource({ name: 'constructor', state: 'half_asleep' })).toBe('constructor: half asleep')
  expect(describeSource({ name: 'new', state: 'toString' })).toBe('new: toString')
})

test('limits are said to come from a source, on the machine that read them', () => {
  expect(describeLimitOrigin({ source: 'statusline', machine_id: 'laptop' })).toBe('from a status line on laptop')
  expect(describeLimitOrigin({ source: 'console' })).toBe('from the usage page')
})

test('limits of a source without words come from its own name', () => {
  expect(describeLimitOrigin({ source: 'sample-file', machine_id: 'laptop' })).toBe('from sample file on laptop')
  expect(describeLimitOrigin({ source: 'constructor' })).toBe('from constructor')
})
