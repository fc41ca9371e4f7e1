import { expect, test } from 'vitest'
import { requestsToCommands } from './requests-to-commands.ts'

test.each([
  [
    'Send a heartbeat, or POST …/recover.',
    'Send a heartbeat with `signalbox sessions heartbeat ID`, or recover it with `signalbox sessions recover ID`.',
  ],
  [
    'Send a heartbeat with POST …/heartbeat, or recover it with POST …/recover.',
    'Send a heartbeat with `signalbox sessions heartbeat ID`, or recover it with `signalbox sessions recover ID`.',
  ],
  [
    'A session becomes stalled by a missed heartbeat or POST …/mark-stalled.',
    'A session becomes stalled by a missed heartbeat or `signalbox sessions stall ID --reason TEXT`.',
  ],
  ['GET the session to see its status.', 'Run `signalbox sessions show ID` to see its status.'],
  ['Create the session first: POST /sessions.', 'Create the session first: `signalbox sessions add --project NAME`.'],
  ['Archive the session first: POST …/archive.', 'Archive the session first: `signalbox sessions archive ID`.'],
  [
    'GET /machines lists the machines there are; POST /machines registers one.',
    '`signalbox machines list` shows the machines there are; `signalbox machines add` creates one.',
  ],
  ['It has the slots 1, 2; PUT /machines/box-2 declares more.', 'It has the slots 1, 2; `signalbox machines slots box-2 …` declares more.'],
  ['POST /machines/box-2/release-session', 'Release its slot: `signalbox machines release box-2 SESSION`'],
  ['Wait 7 s.', 'Wait 7 s.'],
])('%s', (suggestion, expected) => {
  expect(requestsToCommands(suggestion)).toBe(expected)
})

test('the id of the session is filled in where it is known', () => {
  expect(requestsToCommands('POST …/recover makes it active again.', '8c1f4f3e')).toBe(
    '`signalbox sessions recover 8c1f4f3e` makes it active again.',
  )
})
