import { eventTypes } from '@signalbox/contract/event'
import { expect, test } from 'vitest'
import { eventNouns, readEventSearch, toEventQuery } from './event-search.ts'

test('every type of the log belongs to one noun', () => {
  const named = Object.values(eventNouns).flat()
  expect([...named].sort()).toEqual(eventTypes.filter((type) => type !== 'session.heartbeat').sort())
})

test('an address keeps what an event can be filtered by, and drops the rest', () => {
  expect(readEventSearch({ about: 'alerts', machine: 'laptop', last: '24h', project: '', session: 'x'.repeat(201), other: '1' })).toEqual({
    about: 'alerts',
    machine: 'laptop',
    last: '24h',
  })
  expect(readEventSearch({ about: 'toString', last: 'constructor' })).toEqual({})
})

test('a search becomes the query of the hub', () => {
  expect(toEventQuery({ about: 'usage', machine: 'm', session: 's', project: '/p' }, '2026-11-09T00:00:00.000Z')).toEqual({
    types: ['usage.updated'],
    machine_id: 'm',
    session_id: 's',
    project_id: '/p',
    since: '2026-11-09T00:00:00.000Z',
  })
  expect(toEventQuery({}, undefined)).toEqual({})
})
