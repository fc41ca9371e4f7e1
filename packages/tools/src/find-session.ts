import { NotFoundError, type StateTrackingApiClient, ValidationError } from '@signalbox/client'
import type { Machine } from '@signalbox/contract/machine'
import { attemptSchema, type Session, type SessionStatus, sessionListQuerySchema, slotNumber } from '@signalbox/contract/session'
import { createTaskSchema } from '@signalbox/contract/task'
import { matchesName } from './match-name.ts'
import { type ToolContext, ToolError } from './tool.ts'

const MAX_MACHINES = 1_000
/** The newest sessions that one call looks through. */
const MAX_SCANNED = 1000
export const liveStatuses: readonly SessionStatus[] = ['active', 'paused', 'stalled']

/** The arguments that say which session is meant. */
export const sessionArgument = sessionListQuerySchema.shape.session_id_prefix.describe('A session id, or its beginning.')
export const projectArgument = sessionListQuerySchema.shape.project_id.describe('A project: its full id, or the last part of a path.')
export const machineArgument = sessionListQuerySchema.shape.machine_id.describe('A machine: its id or host name.')
export const slotArgument = slotNumber.optional().describe('The number of a docker slot on that machine.')
/** The session that a writing tool is about. */
export const ownSessionArgument = createTaskSchema.shape.session_id
  .optional()
  .describe('The full session id. Leave it out for your own session, where the connection names it.')

/** The attempt of that session: one that was recovered since belongs to another worker. */
export const attemptArgument = attemptSchema
  .optional()
  .describe('The attempt of the session, where you were given it; leave it out otherwise.')

export interface SessionFilter {
  readonly status?: readonly SessionStatus[] | undefined
  readonly project?: string | undefined
  readonly machine?: string | undefined
  /** Looks at so many of the newest only. */
  readonly newest?: number | undefined
}

export interface FoundSessions {
  readonly sessions: readonly Session[]
  /** Sessions of these statuses that were not looked at, because there are too many. */
  readonly unseen: number
}

/** Sessions by the names that a person would say, newest first. */
export async function findSessions(
  client: StateTrackingApiClient,
  { status, project, machine, newest = MAX_SCANNED }: SessionFilter,
  { signal }: ToolContext,
): Promise<FoundSessions> {
  const machineId = machine === undefined ? undefined : await findMachineId(client, machine, signal)
  const query = { status, machine_id: machineId }
  if (project !== undefined) {
    const exact = await scan(client, { ...query, project_id: project }, newest, signal)
    if (exact.sessions.length > 0) return exact
  }
  const { sessions, unseen } = await scan(client, query, newest, signal)
  return { sessions: project === undefined ? sessions : sessions.filter(({ project_id }) => matchesName(project_id, project)), unseen }
}

async function scan(
  client: StateTrackingApiClient,
  query: object,
  newest: number,
  signal: AbortSignal | undefined,
): Promise<FoundSessions> {
  let total = 0
  const onTotal = (count: number) => {
    total = count
  }
  const sessions: Session[] = []
  for await (const session of client.eachSession(query, { signal, onTotal, maxRows: newest })) sessions.push(session)
  return { sessions, unseen: Math.max(0, total - sessions.length) }
}

/** @throws ToolError when no machine has this id or host name, or several have */
export async function findMachineId(client: StateTrackingApiClient, asked: string, signal: AbortSignal | undefined): Promise<string> {
  const machines: Machine[] = []
  for await (const machine of client.eachMachine({}, { signal, maxRows: MAX_MACHINES })) machines.push(machine)
  const exact = machines.find(({ machine_id }) => machine_id === asked)
  if (exact !== undefined) return exact.machine_id
  const matches = machines.filter(({ machine_id, hostname }) => matchesName(machine_id, asked) || matchesName(hostname, asked))
  if (matches.length === 1) return matches[0]!.machine_id
  const names = (matches.length > 0 ? matches : machines).slice(0, 20).map(({ machine_id }) => machine_id)
  if (matches.length > 1) throw new ToolError(`Several machines are called "${asked}"`, `Use one of their ids: ${names.join(', ')}.`)
  throw new ToolError(
    `There is no machine "${asked}"`,
    names.length === 0 ? 'No machine has reported to this hub.' : `Known machines: ${names.join(', ')}.`,
  )
}

export interface SessionTarget {
  readonly session?: string | undefined
  readonly project?: string | undefined
  readonly machine?: string | undefined
  readonly slot?: number | undefined
}

/**
 * The one session that is meant; without any argument that of the caller. Of several in a project the newest live one, else
 * the newest.
 * @throws ToolError
 */
export async function findSession(client: StateTrackingApiClient, target: SessionTarget, context: ToolContext): Promise<Session> {
  const { session: prefix, slot, ...names } = target
  if (prefix !== undefined) return findByPrefix(client, prefix, context)
  if (slot === undefined && names.project === undefined && names.machine === undefined) {
    return client.getSession(ownSessionId(undefined, context, 'session'), { signal: context.signal })
  }
  const inSlot = ({ docker_slot }: Session) => slot === undefined || docker_slot === slot
  const live = (await findSessions(client, { ...names, status: liveStatuses }, context)).sessions.filter(inSlot)
  const [found] = live.length > 0 ? live : (await findSessions(client, names, context)).sessions.filter(inSlot)
  if (found !== undefined) return found
  throw new ToolError('No session matches', 'sessions_list shows the sessions there are.')
}

async function findByPrefix(client: StateTrackingApiClient, prefix: string, { signal }: ToolContext): Promise<Session> {
  const matches = await client.listSessions({ session_id_prefix: prefix, limit: 5 }, { signal })
  if (matches.length === 1) return matches[0]!
  if (matches.length === 0) throw new ToolError(`There is no session ${prefix}`, 'sessions_list shows the sessions there are.')
  const ids = matches.map(({ session_id, project_id }) => `${session_id} (${project_id})`)
  throw new ToolError(`Several sessions begin with ${prefix}`, `Write more of the id: ${ids.join(', ')}.`)
}

/** @throws ToolError when neither the arguments nor the connection say which session is meant */
export function ownSessionId(given: string | undefined, { sessionId }: ToolContext, argument = 'session_id'): string {
  const id = given ?? sessionId
  if (id !== undefined) return id
  throw new ToolError(
    'This connection does not say which session it belongs to',
    `Pass ${argument}; in Claude Code the id is in the environment variable CLAUDE_CODE_SESSION_ID.`,
  )
}

/** Explains a session that the hub does not know, which the hub itself can only say. */
export async function onOwnSession<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isUnknown = error instanceof NotFoundError || (error instanceof ValidationError && error.details?.field === 'session_id')
    if (!isUnknown) throw error
    throw new ToolError(
      error.message,
      'A session appears on the hub when the collector runs on its machine ("signalbox up") or the plugin is installed. Go on without reporting.',
    )
  }
}
