import { type SessionState, stateSince, toSessionState } from '@signalbox/client/session-state'
import { formatRoughDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import { folderNames } from '@signalbox/usage/project-name'
import type { FleetSession } from './fleet.ts'

const stateNames: Readonly<Record<SessionState, string>> = {
  waiting: 'Waiting for you',
  stalled: 'Stalled',
  failed: 'Failed',
  working: 'Working',
  active: 'Active',
  idle: 'Idle',
  unseen: 'Not seen',
  paused: 'Paused',
  completed: 'Completed',
  archived: 'Archived',
}

/** Icons of the editor; none moves, because one that does keeps the whole window busy. */
export const stateIcons: Readonly<Record<SessionState, { readonly icon: string; readonly color?: string }>> = {
  waiting: { icon: 'comment-unresolved', color: 'list.warningForeground' },
  stalled: { icon: 'warning', color: 'list.warningForeground' },
  failed: { icon: 'error', color: 'list.errorForeground' },
  working: { icon: 'play-circle', color: 'charts.green' },
  active: { icon: 'circle-filled', color: 'charts.green' },
  idle: { icon: 'circle-outline' },
  unseen: { icon: 'question' },
  paused: { icon: 'debug-pause' },
  completed: { icon: 'pass' },
  archived: { icon: 'archive' },
}

/** Such as `Waiting for permission`. */
export function stateText(session: FleetSession): string {
  const state = toSessionState(session)
  if (state === 'waiting' && (session.waiting_for === 'permission' || session.waiting_for === 'input'))
    return `Waiting for ${session.waiting_for}`
  return stateNames[state]
}

/** The name that Claude Code gave it, else that of its project. */
export function sessionName({ claude_code, project_id }: FleetSession): string {
  return printable(claude_code?.name ?? projectName(project_id))
}

export function projectName(projectId: string): string {
  return printable(folderNames([projectId])[0] ?? projectId)
}

/** For how long it has been in its state, such as `3 min`; undefined where no source says since when. */
export function stateDuration(session: FleetSession, now: number): string | undefined {
  const since = shownSince(session)
  return since === undefined ? undefined : formatRoughDuration(now - Date.parse(since))
}

/** The ends of a state too, which the page shows elsewhere. */
function shownSince(session: FleetSession): string | undefined {
  switch (toSessionState(session)) {
    case 'stalled':
      return session.stalled_since
    case 'failed':
    case 'completed':
      return session.completed_at
    default:
      return stateSince(session)
  }
}
