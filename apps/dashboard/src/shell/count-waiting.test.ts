import { expect, test } from 'vitest'
import { createBoardSession } from '../hub/session.fixture.ts'
import { countWaiting } from './count-waiting.ts'

const none = { sessions: [], alerts: [], alertCount: 0, questions: [] }
const alert = (about: { session_id?: string }, fields = {}) => ({ about, ...fields })

test('a session that waits, asks and has an alert counts once', () => {
  const sessions = [createBoardSession('a', { activity: 'waiting', waiting_for: 'permission' }), createBoardSession('b')]
  expect(countWaiting({ ...none, sessions })).toBe(1)
  expect(countWaiting({ sessions, alerts: [alert({ session_id: 'a' })], alertCount: 1, questions: [{ session_id: 'a' }] })).toBe(1)
})

test('other alerts count, those that someone has taken do not, and those that are not listed do', () => {
  const at = '2026-11-09T12:00:00.000Z'
  const alerts = [
    alert({}),
    alert({ session_id: 'gone' }),
    alert({}, { acknowledged: { at } }),
    alert({}, { snoozed: { until: at, until_changed: false } }),
  ]
  expect(countWaiting({ ...none, alerts, alertCount: 4 })).toBe(2)
  expect(countWaiting({ ...none, alerts, alertCount: 104 })).toBe(102)
})
