import type { ClaudeSession } from '@signalbox/contract/claude-session'
import { readHistory } from './session-history.ts'
import type { SessionRecord } from './session-record.ts'

/** The columns of a session that alerts ask for. */
export const watchedColumns = [
  'session_id',
  'project_id',
  'machine_id',
  'docker_slot',
  'status',
  'stalled_at',
  'activity',
  'waiting_for',
  'waiting_since',
  'completed_at',
  'not_seen_since',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof SessionRecord)[]

/** What alerts ask of a session: some of its columns, and what matters of its long texts. Thousands are read at once. */
export interface WatchedSession extends Pick<SessionRecord, (typeof watchedColumns)[number]> {
  /** Of Claude Code; null where it is not known. */
  readonly name: string | null
  readonly model: string | null
  /** Since when it has had its activity, in milliseconds; null where no source knows. */
  readonly activity_since: number | null
  /** Why it failed; null for a session that has not. */
  readonly failure_reason: string | null
}

export function watchedSession(
  record: Pick<SessionRecord, (typeof watchedColumns)[number] | 'claude_code'> & Partial<Pick<SessionRecord, 'history'>>,
): WatchedSession {
  const claude = record.claude_code === null ? undefined : (JSON.parse(record.claude_code) as ClaudeSession)
  const failure = record.status !== 'failed' || record.history === undefined ? undefined : readHistory(record.history).failure
  return {
    ...pickWatched(record),
    name: claude?.name ?? null,
    model: claude?.model ?? null,
    activity_since: claude?.activity_since === undefined ? null : Date.parse(claude.activity_since),
    failure_reason: failure?.reason ?? null,
  }
}

export function pickWatched(
  record: Pick<SessionRecord, (typeof watchedColumns)[number]>,
): Pick<SessionRecord, (typeof watchedColumns)[number]> {
  const { session_id, project_id, machine_id, docker_slot, status, stalled_at, activity } = record
  const { waiting_for, waiting_since, completed_at, not_seen_since, created_at, updated_at } = record
  return {
    session_id,
    project_id,
    machine_id,
    docker_slot,
    status,
    stalled_at,
    activity,
    waiting_for,
    waiting_since,
    completed_at,
    not_seen_since,
    created_at,
    updated_at,
  }
}
