import { expect, test } from 'vitest'
import { inCommands } from './in-commands.ts'

test.each([
  ['Send a heartbeat, or POST …/recover.', '`signalbox sessions heartbeat ID`, or `signalbox sessions recover ID`.'],
  ['Archive the session first: POST …/archive.', 'Archive the session first: `signalbox sessions archive ID`.'],
  [
    'GET /machines lists the machines there are; POST /machines registers one.',
    '`signalbox machines list` shows the machines there are; `signalbox machines add` makes one.',
  ],
  ['It has the slots 1, 2; PUT /machines/box-2 declares more.', 'It has the slots 1, 2; `signalbox machines slots box-2 …` declares more.'],
  ['POST /machines/box-2/release-session', '`signalbox machines release box-2 SESSION`'],
  ['Wait 7 s.', 'Wait 7 s.'],
])('%s', (advice, told) => {
  expect(inCommands(advice)).toBe(told)
})

test('it names the session where it is known', () => {
  expect(inCommands('POST …/recover makes it active again.', '8c1f4f3e')).toBe(
    '`signalbox sessions recover 8c1f4f3e` makes it active again.',
  )
})
