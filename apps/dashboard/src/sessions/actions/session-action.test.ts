import { sessionStatuses } from '@signalbox/contract/session'
import { expect, test } from 'vitest'
import { at, createBoardSession as session } from '../../hub/session.fixture.ts'
import { describeDone, possibleActions } from './session-action.ts'

const admin = { scopes: ['read', 'write', 'admin'] as const, dismissed: new Map() }

test('each status has the actions that the hub allows', () => {
  const ended = new Set(['completed', 'failed', 'archived'])
  const possible = Object.fromEntries(
    sessionStatuses.map((status) => [
      status,
      possibleActions(session('a', { status, ...(ended.has(status) ? { completed_at: at } : {}) }), admin),
    ]),
  )
  expect(possible).toEqual({
    active: ['pause', 'complete', 'fail'],
    paused: ['resume', 'complete', 'fail'],
    stalled: ['recover', 'complete', 'fail'],
    completed: ['dismiss', 'archive'],
    failed: ['recover', 'dismiss', 'archive'],
    archived: [],
  })
})

test('without the scope there is nothing but what stays in the browser', () => {
  const reader = { scopes: ['read'] as const, dismissed: new Map() }
  expect(possibleActions(session('a'), reader)).toEqual([])
  expect(possibleActions(session('a'), { scopes: undefined, dismissed: new Map() })).toEqual([])
  const failed = session('b', { status: 'failed', completed_at: at })
  expect(possibleActions(failed, reader)).toEqual(['dismiss'])
  expect(possibleActions(failed, { ...reader, scopes: ['write'] })).toEqual(['recover', 'dismiss'])
})

test('a dismissed session can be shown again, until it has ended once more', () => {
  const failed = session('a', { status: 'failed', completed_at: at })
  const dismissed = new Map([['a', at]])
  expect(possibleActions(failed, { ...admin, dismissed })).toEqual(['recover', 'restore', 'archive'])
  const again = { ...failed, completed_at: '2026-11-09T13:00:00.000Z' }
  expect(possibleActions(again, { ...admin, dismissed })).toContain('dismiss')
})

test('what was done is said of one session by its name, of several by their number', () => {
  const name = () => 'engine'
  expect(describeDone('pause', [session('a')], name)).toBe('engine marked as paused.')
  expect(describeDone('archive', [session('a'), session('b')], name)).toBe('2 sessions archived.')
})
