import type { FailSessions, FailSessionsResult } from '@signalbox/contract/machine-sessions'
import type { SessionStatus } from '@signalbox/contract/session'
import { instantOf } from '../clock.ts'
import { machineNotFound } from '../state/machine-record.ts'
import { endSession } from '../state/session-move.ts'
import { liveStatuses, requireSessionMove } from '../state/transition.ts'
import type { Store } from '../store/store.ts'

/** Sessions in one batch: other writes should not wait for long. */
const BATCH_SIZE = 200
const allRows = { limit: 1_000_000, offset: 0 } as const

/** Fails the live sessions of a machine that is lost; a dry run only lists them. @throws HubError `not_found` */
export async function failSessions(
  { machines, sessions }: Store,
  machineId: string,
  { reason, statuses = [...liveStatuses], dry_run = false }: FailSessions,
  now: number,
): Promise<FailSessionsResult> {
  if ((await machines.find(machineId)) === undefined) throw machineNotFound(machineId)
  const selected: readonly SessionStatus[] = [...new Set(statuses)]
  const { rows } = await sessions.list({ machine_id: machineId, statuses: selected, order: 'newest', ...allRows })
  const ids = rows.map(({ session_id }) => session_id).reverse()
  /** @returns false for a session that has ended, moved or become another status meanwhile */
  const fail = (id: string): Promise<boolean> =>
    sessions.change<boolean>(id, { tasks: true }, { now }, ({ session, tasks }) => {
      if (session === undefined || session.machine_id !== machineId || !selected.includes(session.status))
        return { events: [], result: false }
      requireSessionMove(session.status, 'failed', 'change')
      return { ...endSession(session, tasks, { to: 'failed', reason }, session, now), result: true }
    })
  const failed: string[] = []
  for (let at = 0; at < ids.length; at += BATCH_SIZE) {
    const batch = ids.slice(at, at + BATCH_SIZE)
    const results = dry_run ? batch.map(() => true) : await Promise.all(batch.map(fail))
    failed.push(...batch.filter((_, index) => results[index]))
  }
  return { machine_id: machineId, sessions_affected: failed.length, session_ids: failed, dry_run, completed_at: instantOf(now) }
}
