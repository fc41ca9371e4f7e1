import { expect, it } from 'vitest'
import { containsName, matchesName } from './match-name.ts'

it.each([
  ['rack-1', 'Rack 1'],
  ['/home/ada/platform-web', 'platform web'],
  ['/home/ada/platform-web/', 'platform_web'],
  ['C:\\work\\Timetable', 'timetable'],
  ['/home/ada/platform-web', '/home/ada/platform-web'],
])('%s is found as %s', (stored, asked) => {
  expect(matchesName(stored, asked)).toBe(true)
})

it.each([
  ['rack-11', 'rack-1'],
  ['/home/ada/platform-web', 'ada'],
  ['platform-web', 'web'],
  ['platform-web', ''],
])('%s is not found as "%s"', (stored, asked) => {
  expect(matchesName(stored, asked)).toBe(false)
})

it('an empty name is found by an empty text only, and a model by a part of its name', () => {
  expect([
    matchesName('', ''),
    matchesName('', 'x'),
    containsName('claude-opus-5-5', 'Opus 5'),
    containsName('claude-opus-5-5', ''),
  ]).toEqual([true, false, true, false])
})
