import { ConflictError, ConnectionError, NotFoundError, type StateTrackingApiClient, TimeoutError } from '@signalbox/client'
import type { CreateSession, Session } from '@signalbox/contract/session'
import { withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

/** The start waits so long for the slot, in milliseconds. */
const CLAIM_TIMEOUT_MS = 2_000
const TASK_TIMEOUT_MS = 700

export type SessionToClaim = Pick<CreateSession, 'project_id' | 'machine_id' | 'docker_slot'> & { readonly session_id: string }

/**
 * Creates the session with its slot, or gives the slot to the session that exists.
 * @returns false where the hub could not be asked
 * @throws Failure when the slot is held by another session, or the hub refuses
 */
export function claimSession(io: Io, session: SessionToClaim): Promise<boolean> {
  const claim = async (client: StateTrackingApiClient) => {
    try {
      await createOrUpdate(client, session)
      return true
    } catch (error) {
      if (error instanceof ConnectionError || error instanceof TimeoutError) return false
      throw error
    }
  }
  return withHub(io, {}, ({ client }) => claim(client), { timeout: CLAIM_TIMEOUT_MS, retry: false })
}

/** Ends a session whose process never started, which frees its slot. @throws Failure */
export function releaseSession(io: Io, sessionId: string): Promise<void> {
  return withHub(io, {}, ({ client }) => client.endSession(sessionId), { timeout: CLAIM_TIMEOUT_MS, retry: false })
}

/** @returns the attempt of the session that this run is */
async function createOrUpdate(client: StateTrackingApiClient, session: SessionToClaim): Promise<number> {
  try {
    return (await client.createSession(session)).attempt
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
    const { session_id, docker_slot } = session
    const known = await findSession(client, session_id)
    if (known === undefined) throw error
    if (docker_slot !== undefined) await client.updateSession(session_id, { docker_slot })
    return known.attempt
  }
}

async function findSession(client: StateTrackingApiClient, sessionId: string): Promise<Session | undefined> {
  try {
    return await client.getSession(sessionId)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

/** A task in progress, and the attempt of the session that works on it. */
export interface StartedTask {
  readonly task_id: string
  readonly attempt: number
}

/** Starts a task of the session. @throws Failure */
export function startTask(io: Io, session: Omit<SessionToClaim, 'docker_slot'>, task_name: string): Promise<StartedTask> {
  return withHub(
    io,
    {},
    async ({ client }) => {
      const attempt = await createOrUpdate(client, session)
      const { task_id } = await client.createTask({ session_id: session.session_id, task_name })
      await client.startTask(task_id)
      return { task_id, attempt }
    },
    { retry: false },
  )
}

/** Completes the task, or fails it; a run whose session was recovered for another worker is refused. @throws Failure */
export function endTask(io: Io, { task_id, attempt }: StartedTask, failure: string | undefined): Promise<unknown> {
  return withHub(
    io,
    {},
    ({ client }) =>
      failure === undefined ? client.completeTask(task_id, { attempt }) : client.failTask(task_id, { attempt, error_message: failure }),
    { timeout: TASK_TIMEOUT_MS, retry: false },
  )
}
