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
