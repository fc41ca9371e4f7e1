import { describe, expect, it } from 'vitest'
import { durationText, limitWords, oneLine, projectName, sessionWords, usdText } from './words.ts'

describe('the text of others', () => {
  it.each([
    ['out of\r\n\tmemory ', 'out of memory'],
    ['a\u0000b\u001b[31m\u2028c', 'a b [31m c'],
    ['\u202ereversed', 'reversed'],
    ['🙂'.repeat(300), `${'🙂'.repeat(199)}…`],
    ['', ''],
  ])('%j is one line', (text, line) => {
    expect(oneLine(text)).toBe(line)
  })
})

it.each([
  [30_000, '30 s'],
  [90_000, '90 s'],
  [600_000, '10 min'],
  [3_600_000, '1 h'],
  [5_400_000, '90 min'],
  [86_400_000, '24 h'],
  [604_800_000, '7 days'],
])('%i ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})

it.each([
  ['/home/dev/shop', 'shop'],
  ['C:\\work\\shop\\', 'shop'],
  ['github.com/acme/shop', 'shop'],
  ['shop', 'shop'],
  ['/', '/'],
])('the project %s is called %s', (id, name) => {
  expect(projectName(id)).toBe(name)
})

it('names a session, a limit and an amount', () => {
  const session = { session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21', name: null, project_id: '/work/shop', machine_id: 'box' }
  expect(sessionWords(session)).toBe('Session 8c1f4f3e in shop on box')
  expect(sessionWords({ ...session, name: 'fix login' })).toBe('Session fix login in shop on box')
  expect([limitWords({ name: undefined }, 'Weekly limit'), limitWords({ name: 'ann' }, '5-hour limit')]).toEqual([
    'The weekly limit',
    'The 5-hour limit of ann',
  ])
  expect(usdText(1234.5)).toBe('$1234.50')
})
