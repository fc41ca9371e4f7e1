import type { Session } from '@signalbox/contract/session'
import type { RecoverableSession } from '@signalbox/contract/session-recovery'
import { duration, span } from '../number.ts'
import { printable } from '../printable.ts'
import { shortId, shortIds } from '../short-id.ts'
import { sessionStyles } from '../status-style.ts'
import type { Column } from '../table.ts'
import { activityText } from './activity.ts'

/** What the lists of the hub have in common, and what only some of them tell. */
export type SessionRow = Pick<
  Session,
  'session_id' | 'project_id' | 'machine_id' | 'docker_slot' | 'status' | 'current_task_id' | 'last_heartbeat' | 'started_at'
> &
  Partial<Pick<Session, 'activity' | 'waiting_for'>> &
  Partial<Pick<RecoverableSession, 'can_recover' | 'recovery_blocked_reason' | 'recovery_attempts'>>

export interface Surroundings {
  readonly now: number
  /** Names of tasks by id, as far as they are known. */
  readonly taskNames: ReadonlyMap<string, string>
}

/** The columns, from the left. What is dispensable leaves a narrow terminal first. */
export function sessionColumns(rows: readonly SessionRow[], { now, taskNames }: Surroundings): Column<SessionRow>[] {
  const short = shortIds(rows.map(({ session_id }) => session_id))
  const since = (at: string, tight: boolean) => (tight ? span : duration)(Math.max(0, now - Date.parse(at)))
  return [
    { title: 'Session', cutTo: [36, 8], cell: ({ session_id }, tight) => printable(tight ? short(session_id) : session_id) },
    { title: 'Status', style: ({ status }) => sessionStyles[status], cell: ({ status }) => printable(status) },
    { title: 'Project', cutTo: [12, 6], cell: ({ project_id }) => printable(project_id) },
    { title: 'Machine', cutTo: [12, 6], leaves: 1, cell: ({ machine_id }) => printable(machine_id) },
    { title: 'Slot', align: 'right', leaves: 2, cell: ({ docker_slot }) => (docker_slot === undefined ? '' : String(docker_slot)) },
    { title: 'Recover', cutTo: [12, 6], cell: recoverText },
    { title: 'Doing', cutTo: [12, 8], leaves: 3, cell: (row) => doing(row, taskNames) },
    { title: 'Beat', align: 'right', cell: ({ last_heartbeat }, tight) => since(last_heartbeat, tight) },
    { title: 'Age', align: 'right', leaves: 4, cell: ({ started_at }, tight) => since(started_at, tight) },
  ]
}

/** A person's turn is told before anything else: somebody may have to do something. */
function doing(row: SessionRow, taskNames: ReadonlyMap<string, string>): string {
  const task = row.current_task_id
  if (row.activity === 'waiting' || task === undefined) return activityText(row)
  return printable(taskNames.get(task) ?? `task ${shortId(task)}`)
}

function recoverText({ can_recover, recovery_blocked_reason, recovery_attempts = 0 }: SessionRow): string {
  if (can_recover === undefined) return ''
  if (can_recover) return recovery_attempts === 0 ? 'yes' : `yes, as ${recovery_attempts} before`
  return printable(`no: ${recovery_blocked_reason ?? 'not said why'}`)
}
