import type { LiveEvent } from '@signalbox/client'
import type { UsageUpdated } from '@signalbox/contract/event'
import type { LimitTrigger } from '@signalbox/contract/limit-trigger'
import type { Session } from '@signalbox/contract/session'
import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { type LastHeartbeatStore, machineHeartbeatKey } from './last-heartbeat-store.ts'
import { applyMachineEvents, type MachineList } from './machine-list.ts'
import { keys } from './query-key.ts'
import { applySessionEvents, type SessionBoard } from './session-board.ts'
import type { TriggerEvents } from './trigger-events.ts'
import { dependsOnLimits, isUsageAffected } from './usage-invalidation.ts'

/** Everything that events update in place. */
export interface LiveData {
  readonly client: QueryClient
  readonly lastHeartbeats: LastHeartbeatStore
  readonly triggers: TriggerEvents
}

/** An update in place; it runs once per batch, with the events of its types in order. */
export type Update = (data: LiveData, events: readonly LiveEvent[]) => void

export interface EventEffect {
  readonly updates?: readonly Update[]
  /** Whether the event may have changed the data under a query key, which is then refetched. */
  readonly affects?: (event: LiveEvent, queryKey: QueryKey) => boolean
}

const session: EventEffect = { updates: [updateBoard, updateSession], affects: isOfSession }
const status: EventEffect = { ...session, affects: (event, key) => key[0] === 'session-list' || isOfSession(event, key) }
const task: EventEffect = { updates: [updateBoard], affects: (event, key) => key[0] === 'task' || isOfSession(event, key) }
const machine: EventEffect = { updates: [updateMachines] }
const alert: EventEffect = { affects: (_, [noun]) => noun === keys.alerts[0] }
const question: EventEffect = { affects: (_, queryKey) => queryKey[0] === keys.questions[0] }

/** The effect of each event type that the page follows: what it updates in place, and what it makes the page refetch. */
export const eventEffects: Partial<Record<LiveEvent['event'], EventEffect>> = {
  'session.created': status,
  'session.updated': session,
  'session.status': status,
  'session.heartbeat': { updates: [updateBoard, updateSession, recordHeartbeats] },
  'task.created': task,
  'task.updated': task,
  'task.status': task,
  'machine.created': machine,
  'machine.updated': machine,
  'machine.status': machine,
  'limits.snapshot': { affects: (_, queryKey) => queryKey[0] === keys.limits[0] || dependsOnLimits(queryKey) },
  'limits.account': { affects: (_, queryKey) => queryKey[0] === keys.limits[0] || dependsOnLimits(queryKey) },
  'machine.removed': { affects: (_, [noun]) => noun === keys.machines[0] || noun === keys.limits[0] || noun === keys.sessionBoard[0] },
  'data.deleted': { affects: () => true },
  'alert.opened': alert,
  'alert.closed': alert,
  'alert.updated': alert,
  'alerts.paused': alert,
  'alerts.resumed': alert,
  'channel.status': { affects: (_, [noun]) => noun === keys.channels[0] || noun === keys.alerts[0] },
  'question.asked': question,
  'question.answered': question,
  'question.ended': question,
  'budget.changed': { affects: (_, queryKey) => queryKey[0] === keys.budgets[0] },
  'view.changed': { affects: (_, queryKey) => queryKey[0] === keys.views[0] },
  // Only the log shows these.
  'monitor.paused': {},
  'monitor.resumed': {},
  'limits.trigger': { updates: [recordTriggers] },
  'usage.updated': { affects: ({ data }, queryKey) => isUsageAffected(queryKey, data as unknown as UsageUpdated) },
}

function isOfSession({ data }: LiveEvent, [noun, , id]: QueryKey): boolean {
  return noun === 'session' && id !== undefined && id === data.session_id
}

function updateBoard({ client }: LiveData, events: readonly LiveEvent[]): void {
  updateQuery<SessionBoard>(client, keys.sessionBoard, (board) => applySessionEvents(board, events, Date.now()))
}

function updateMachines({ client }: LiveData, events: readonly LiveEvent[]): void {
  updateQuery<MachineList>(client, keys.machines, (list) => applyMachineEvents(list, events))
}

function updateSession({ client }: LiveData, events: readonly LiveEvent[]): void {
  const latest = new Map<string, Session>()
  for (const { data } of events) {
    const next = data as unknown as Session
    if (next.revision >= (latest.get(next.session_id)?.revision ?? 0)) latest.set(next.session_id, next)
  }
  for (const [id, next] of latest) updateQuery<Session>(client, keys.session(id), (known) => replaceSession(known, next))
}

/** The session of an event, unless it is older. Events carry no metadata, so the known metadata stays. */
function replaceSession(known: Session, next: Session): Session {
  if (next.revision < known.revision) return known
  const { from: _, reason: __, occurred_at: ___, ...fields } = next as Session & Record<'from' | 'reason' | 'occurred_at', unknown>
  const claude = mergeClaude(known.claude_code, next.claude_code)
  return { ...fields, ...(claude === undefined ? {} : { claude_code: claude }), metadata: known.metadata }
}

/** An event of a heartbeat has no state of Claude Code, and others have no long lists. */
function mergeClaude(known: Session['claude_code'], next: Session['claude_code']): Session['claude_code'] {
  if (known === undefined || next === undefined) return next ?? known
  const subagents = next.subagents.length > 0 ? next.subagents : known.subagents
  return { ...next, subagents, tasks: next.tasks.length > 0 ? next.tasks : known.tasks }
}

/** A heartbeat of a session counts for its machine too. */
function recordHeartbeats({ lastHeartbeats }: LiveData, events: readonly LiveEvent[]): void {
  for (const { data } of events) {
    const { session_id, machine_id, last_heartbeat } = data as unknown as Session
    const at = Date.parse(last_heartbeat)
    lastHeartbeats.record(session_id, at)
    lastHeartbeats.record(machineHeartbeatKey(machine_id), at)
  }
}

function recordTriggers({ triggers }: LiveData, events: readonly LiveEvent[]): void {
  for (const { data } of events) triggers.record(data as unknown as LimitTrigger)
}

/** Writes only real changes: every write postpones the fallback poll of its query. */
function updateQuery<T>(client: QueryClient, queryKey: QueryKey, update: (known: T) => T): void {
  const known = client.getQueryData<T>(queryKey)
  if (known === undefined) return
  const next = update(known)
  if (next !== known) client.setQueryData<T>(queryKey, next)
}
