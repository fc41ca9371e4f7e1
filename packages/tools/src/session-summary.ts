import { countOf } from '@signalbox/contract/plural'
import type { Session } from '@signalbox/contract/session'
import { lastSegment } from '@signalbox/usage/name-form'
import { compact, formatDuration, roundUsd, shorten } from './format.ts'

/** Names under which report_progress and ask_for_input keep their texts in the metadata of a session. */
export const progressKeys = { progress: 'progress', percent: 'progress_percent', question: 'question' } as const
const MAX_TEXT = 300

/** Whether a session goes on only when a person acts. */
export function needsPerson(session: Session): boolean {
  const { status, activity } = session
  if (status !== 'active') return status === 'stalled' || status === 'failed'
  // Its state of now is unknown.
  if (session.not_seen_since !== undefined) return false
  // Claude Code itself reports a session as idle at the end of the turn in which it asked.
  return activity === 'waiting' || (activity === 'idle' && openQuestion(session) !== undefined)
}

/** The question of ask_for_input; a session that works has got its answer. */
function openQuestion({ activity, completed_at, metadata }: Session): string | undefined {
  return activity === 'working' || completed_at !== undefined ? undefined : textOf(metadata[progressKeys.question])
}

/** One session as data, without what is absent. */
export function toSessionData(session: Session) {
  const { claude_code: claude, metadata } = session
  return compact({
    session_id: session.session_id,
    project: session.project_id,
    machine: session.machine_id,
    slot: session.docker_slot,
    status: session.status,
    attempt: session.attempt > 1 ? session.attempt : undefined,
    activity: session.activity,
    waiting_for: session.waiting_for,
    waiting_since: session.waiting_since,
    not_seen_since: session.not_seen_since,
    started_at: session.started_at,
    completed_at: session.completed_at,
    last_heartbeat: session.last_heartbeat,
    current_task_id: session.current_task_id,
    name: claude?.name,
    branch: claude?.branch,
    model: claude?.model,
    cost_usd: claude?.cost_usd === undefined ? undefined : roundUsd(claude.cost_usd),
    context_used_percent: contextPercent(session),
    subagents_running: claude?.subagents_running || undefined,
    limited_until: claude?.limited_until,
    progress: textOf(metadata[progressKeys.progress]),
    progress_percent: typeof metadata[progressKeys.percent] === 'number' ? metadata[progressKeys.percent] : undefined,
    question: openQuestion(session),
  })
}

/** One line: `platform-web on ada-laptop, slot 2: waiting for permission, since 2 min (8c1f4f3e)`. */
export function describeSession(session: Session, now: number): string {
  const { session_id, project_id, machine_id, docker_slot, claude_code: claude, metadata } = session
  const name =
    claude?.name === undefined
      ? shorten(lastSegment(project_id), 60)
      : `${shorten(lastSegment(project_id), 60)} "${shorten(claude.name, 60)}"`
  const where = `${machine_id}${docker_slot === undefined ? '' : `, slot ${docker_slot}`}`
  const question = openQuestion(session)
  const progress = textOf(metadata[progressKeys.progress])
  const more = question !== undefined ? `, asks: ${question}` : progress !== undefined ? `, says: ${progress}` : ''
  return `${name} on ${where}: ${describeState(session, now)}${more} (${session_id.slice(0, 8)})`
}

export function describeState(session: Session, now: number): string {
  const { status, activity, waiting_for, waiting_since, last_heartbeat, completed_at, not_seen_since, claude_code: claude } = session
  const since = (instant: string | undefined) => (instant === undefined ? '' : ` for ${formatDuration(now - Date.parse(instant))}`)
  const unseen = not_seen_since === undefined ? '' : `, not seen${since(not_seen_since)}`
  if (status === 'stalled') return `stalled, last heartbeat ${formatDuration(now - Date.parse(last_heartbeat))} ago`
  if (status !== 'active')
    return `${status}${completed_at === undefined ? '' : ` ${formatDuration(now - Date.parse(completed_at))} ago`}${unseen}`
  if (activity === 'waiting') {
    const what = waiting_for === undefined || waiting_for === 'other' ? '' : ` for ${waiting_for}`
    return `waiting${what}${waiting_since === undefined ? '' : `, since ${formatDuration(now - Date.parse(waiting_since))}`}${unseen}`
  }
  const subagents = claude?.subagents_running ? `, ${countOf(claude.subagents_running, 'subagent')} running` : ''
  return `${activity ?? 'active'}${since(claude?.activity_since)}${subagents}${unseen}`
}

function contextPercent({ claude_code: claude }: Session): number | undefined {
  if (claude?.context_tokens === undefined || claude.context_limit === undefined || claude.context_limit === 0) return undefined
  return Math.round((claude.context_tokens / claude.context_limit) * 100)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? shorten(value, MAX_TEXT) : undefined
}
