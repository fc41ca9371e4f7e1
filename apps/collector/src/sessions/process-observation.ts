import type { SessionObservation } from '@signalbox/contract/session-observation'
import { type ClaudeProcess, identityOf, sessionOf } from './claude-process.ts'

/** What the ids of all observations of a process and its session begin with. */
export function observedIdentity(claude: ClaudeProcess): string {
  return `process-file:${identityOf(claude.file)}:${sessionOf(claude)}`
}

/** The fields of a session that its process file has. */
export function processFields({ file, hasSentName }: ClaudeProcess): NonNullable<SessionObservation['fields']> {
  const { name, version, kind, pid } = file
  return {
    // It may have another name now, which is not sent: the one before is wrong.
    ...(hasSentName ? { name: name ?? null } : {}),
    ...(version === undefined ? {} : { version }),
    ...(kind === undefined ? {} : { kind }),
    pid,
  }
}

export interface ProcessReport {
  readonly project: string
  readonly fields: NonNullable<SessionObservation['fields']>
  /** The fields are others than those that were written down last. */
  readonly isNew: boolean
  /** The process has just begun with its session. */
  readonly started?: { readonly id: string; readonly at: number; readonly reason: string } | undefined
  /** Everything is written down once more. */
  readonly again: boolean
  readonly now: number
}

/** What a process file says of its session, as observations. */
export function processObservations(
  claude: ClaudeProcess,
  { project, fields, isNew, started, again, now }: ProcessReport,
): SessionObservation[] {
  const { file, since } = claude
  const identity = observedIdentity(claude)
  const suffix = again ? `:${now}` : ''
  const session = { session_id: sessionOf(claude), source: 'process-file' as const, project_id: project }
  const living = { ...session, alive: true }
  const observations: SessionObservation[] = []
  if (started !== undefined) {
    const event = { kind: 'started' as const, reason: started.reason }
    observations.push({ ...living, observation_id: started.id, at: toInstant(started.at), event, fields })
  }
  if (file.activity !== undefined) {
    const at = Math.max(file.activityAt, since)
    const waitingFor = file.waitingFor ?? 'other'
    observations.push({
      ...living,
      observation_id: `${identity}:${at}:${file.activity}${suffix}`,
      at: toInstant(at),
      activity: file.activity,
      ...(file.activity === 'waiting' ? { waiting_for: waitingFor, event: { kind: 'waiting' as const, reason: waitingFor } } : {}),
    })
  } else if (started === undefined)
    observations.push({ ...living, observation_id: `${identity}:${file.updatedAt}:alive${suffix}`, at: toInstant(file.updatedAt) })
  // A name may have changed long after the activity began. Written down again, that the session lives now outweighs an end that
  // the hub believes.
  if (started === undefined && isNew)
    observations.push({ ...(again ? living : session), observation_id: `${identity}:now:${now}`, at: toInstant(now), fields })
  return observations
}

export function toInstant(at: number): string {
  return new Date(at).toISOString()
}
