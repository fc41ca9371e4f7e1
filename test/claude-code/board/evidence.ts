import type { SessionObservation } from '@signalbox/contract/session-observation'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import type { RecordedRequest } from '../recording-proxy.ts'
import type { Late, Wrong } from './checker.ts'
import type { ProofResult } from './result.ts'
import type { ReadFile, TrueChange } from './true-sessions.ts'

/** Something that is known about a session, at the time at which the proof, the hub or the client says that it happened. */
export interface EvidenceEvent {
  /** In milliseconds since 1970. */
  readonly at: number
  readonly what: 'step' | 'file' | 'true' | 'received' | 'timeline'
  readonly text: string
}

export interface EvidenceSources {
  readonly startedAt: number
  readonly changes: readonly TrueChange[]
  readonly files: readonly ReadFile[]
  /** What the persons did, each with the seconds since the start. */
  readonly steps: readonly string[]
  readonly requests: readonly RecordedRequest[]
  readonly timeline: readonly TimelineRow[]
}

/** Of what a wrong state follows is seldom longer ago. */
const BEFORE_MS = 20_000
const AFTER_MS = 5_000

/** Everything about one session, in the order of time. */
export function eventsOf(sessionId: string, sources: EvidenceSources): EvidenceEvent[] {
  const { startedAt, changes, files, steps, requests, timeline } = sources
  const events: EvidenceEvent[] = []
  const own = files.filter(({ file }) => file.sessionId === sessionId)
  const names = new Set(own.map(({ name }) => name))
  const persons = new Set(own.map(({ file }) => file.cwd.split('/').at(-1)))
  for (const step of steps) {
    const [seconds, person] = step.split(' ')
    if (persons.has(person)) events.push({ at: startedAt + 1_000 * Number(seconds), what: 'step', text: step })
  }
  for (const { at, name, file, ended } of files) {
    if (!names.has(name)) continue
    const { sessionId: id, status = 'no status', waitingFor = '', statusUpdatedAt, version } = file
    const since = statusUpdatedAt === undefined ? '' : ` since ${clock(statusUpdatedAt)}`
    events.push({ at, what: 'file', text: `${name} ${ended ?? `${status} ${waitingFor}${since}`} session ${id} ${version}` })
  }
  for (const { at, sessionId: id, state } of changes) {
    if (id === sessionId)
      events.push({ at, what: 'true', text: `${state.status} ${state.activity ?? ''} ${state.waiting_for ?? ''} ${state.name ?? ''}` })
  }
  for (const { at, path, body } of requests) {
    if (path.startsWith('/sessions/observations')) {
      for (const observation of observationsIn(body)) {
        if (observation.session_id !== sessionId) continue
        const { session_id: _, source, at: happened, ...rest } = observation
        events.push({ at, what: 'received', text: `${source} of ${happened.slice(11)}: ${JSON.stringify(rest)}` })
      }
    } else if (path.includes('heartbeat') && body.includes(sessionId)) events.push({ at, what: 'received', text: `${path} names it` })
  }
  for (const { at, type, to = '', reason = '' } of timeline) {
    events.push({ at: Date.parse(at), what: 'timeline', text: `${type} ${to} ${reason}`.trimEnd() })
  }
  return events.sort((a, b) => a.at - b.at)
}

function observationsIn(body: string): SessionObservation[] {
  try {
    return (JSON.parse(body) as { observations?: SessionObservation[] }).observations ?? []
  } catch {
    return []
  }
}

/** Prints what led to each wrong and each late state. */
export function explain({ wrong, late, missing, evidence }: ProofResult): string {
  const toEntry =
    (kind: 'WRONG' | 'LATE') =>
    ({ at, sessionId, what, differences }: Wrong | Late) => ({
      at,
      sessionId,
      what: `${kind} ${what}: ${differences.map(({ field, truth, shown }) => `${field}: true ${truth}, shown ${shown}`).join('; ')}`,
    })
  const all = [
    ...wrong.map(toEntry('WRONG')),
    ...late.map(toEntry('LATE')),
    ...missing.map(({ at, sessionId, what }) => ({ at: Date.parse(at), sessionId, what: `MISSING ${what}` })),
  ]
  return all
    .map(({ at, sessionId, what }) => {
      const events = evidence.find(({ id }) => id === sessionId)?.events ?? []
      const near = events.filter((event) => event.at > at - BEFORE_MS && event.at < at + AFTER_MS)
      const lines = near.map((event) => `  ${clock(event.at)} ${event.what}: ${event.text}`)
      return [`--- ${sessionId} at ${clock(at)} ${what}`, ...lines].join('\n')
    })
    .join('\n')
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 23)
}
