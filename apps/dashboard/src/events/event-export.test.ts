import { expect, test } from 'vitest'
import { toEventCsv, toEventJson } from './event-export.ts'

const events = [
  { id: 1, event: 'machine.status', at: '2026-11-09T08:00:00.000Z', data: { machine_id: '=cmd', status: 'offline' } },
  {
    id: 2,
    event: 'session.status',
    at: '2026-11-09T08:00:01.000Z',
    data: { session_id: 's', project_id: '/a,b', status: 'failed', reason: 'he said "no"' },
  },
] as const

test('CSV has a line for each event, and no formula of others', () => {
  expect(toEventCsv(events).split('\r\n')).toEqual([
    'id,at,event,text,session_id,project_id,machine_id,alert_id,data',
    `1,2026-11-09T08:00:00.000Z,machine.status,Machine is offline,,,'=cmd,,"{""machine_id"":""=cmd"",""status"":""offline""}"`,
    `2,2026-11-09T08:00:01.000Z,session.status,"Session failed: he said ""no""",s,"/a,b",,,"{""session_id"":""s"",""project_id"":""/a,b"",""status"":""failed"",""reason"":""he said \\""no\\""""}"`,
    '',
  ])
})

test('JSON is what the hub answered', () => {
  expect(JSON.parse(toEventJson(events))).toEqual(events)
})
