import { expect, test } from 'vitest'
import { at, createBoardSession as session } from '../../hub/session.fixture.ts'
import { toColumns } from './columns.ts'

test('every session is in one column, and what needs a person is on the left', () => {
  const sessions = [
    session('works', { activity: 'working' }),
    session('plain'),
    session('asks', { activity: 'waiting' }),
    session('asks-silent', { activity: 'waiting', status: 'stalled' }),
    session('lost', { not_seen_since: at, activity: 'working' }),
    session('paused', { status: 'paused' }),
    session('done', { status: 'completed', completed_at: at }),
    session('failed', { status: 'failed', completed_at: at }),
  ]
  const columns = toColumns(sessions).map(({ column, sessions }) => [column.name, sessions.map(({ session_id }) => session_id).join()])
  expect(columns).toEqual([
    ['Waiting', 'asks,asks-silent'],
    ['Failed', 'failed'],
    ['Working', 'works,plain'],
    ['Idle', ''],
    ['Paused', 'paused'],
    ['Not seen', 'lost'],
    ['Completed', 'done'],
  ])
})
