import type { TimelineRow } from '../hub/answer.ts'

const moves: Record<string, string> = {
  active: 'Active',
  paused: 'Paused',
  stalled: 'Stalled',
  completed: 'Completed',
  failed: 'Failed',
  archived: 'Archived',
}
const taskMoves: Record<string, string> = {
  pending: 'put back',
  in_progress: 'begun',
  completed: 'done',
  failed: 'failed',
  blocked: 'blocked',
}

/** A row of the timeline for people; undefined for one that tells nothing: that something changed, and not what. */
export function timelineWords({ type, to, task_name, task_id }: TimelineRow): string | undefined {
  switch (type) {
    case 'session.created':
      return 'Began'
    case 'session.status':
      return to === undefined ? undefined : (moves[to] ?? to)
    case 'task.created':
      return `Task added: ${task_name ?? task_id ?? ''}`
    case 'task.status':
      return to === undefined ? undefined : `Task ${taskMoves[to] ?? to}: ${task_name ?? task_id ?? ''}`
    default:
      return undefined
  }
}
