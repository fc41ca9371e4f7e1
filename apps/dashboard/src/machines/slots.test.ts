import { expect, test } from 'vitest'
import { at, createBoardSession as session } from '../hub/session.fixture.ts'
import { toSlots } from './slots.ts'

test('a slot is free, held, or stale where its session gives no sign of life', () => {
  const sessions = [
    session('works', { docker_slot: 1, activity: 'working' }),
    session('stalled', { docker_slot: 3, status: 'stalled' }),
    session('lost', { docker_slot: 4, not_seen_since: at }),
    session('none'),
  ]
  expect(toSlots([1, 2, 3, 4], sessions).map(({ number, state, session }) => [number, state, session?.session_id])).toEqual([
    [1, 'held', 'works'],
    [2, 'free', undefined],
    [3, 'stale', 'stalled'],
    [4, 'stale', 'lost'],
  ])
})
