import type { Alert } from '@signalbox/contract/alert'
import type { Session } from '@signalbox/contract/session'

/** A session with what a test is about. */
export function sessionOf(fields: Partial<Session> = {}): Session {
  return {
    session_id: 's1',
    project_id: '/home/ada/shop',
    machine_id: 'laptop',
    attempt: 1,
    status: 'active',
    last_heartbeat: '2026-10-06T09:00:00.000Z',
    started_at: '2026-10-06T08:00:00.000Z',
    metadata: {},
    created_at: '2026-10-06T08:00:00.000Z',
    updated_at: '2026-10-06T09:00:00.000Z',
    revision: 1,
    ...fields,
  }
}

/** An open alert with what a test is about. */
export function alertOf(fields: Partial<Alert> = {}): Alert {
  return {
    alert_id: 'a1',
    rule_id: 'task_failed',
    rule_name: 'Task failed',
    kind: 'task_failed',
    subject: 't1',
    about: { session_id: 's1', task_id: 't1', project_id: '/home/ada/shop' },
    state: 'open',
    severity: 'warning',
    summary: 'Task Write the tests has failed',
    values: {},
    occurred_at: '2026-10-06T09:05:00.000Z',
    created_at: '2026-10-06T09:05:00.000Z',
    opened_at: '2026-10-06T09:05:00.000Z',
    flapping: false,
    flaps: 0,
    escalated: 0,
    revision: 1,
    ...fields,
  }
}
