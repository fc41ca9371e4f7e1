import { formatDuration } from '@signalbox/contract/duration-text'
import type { Metadata } from '@signalbox/contract/metadata'
import { printable } from '@signalbox/contract/printable'
import type { Activity, Session, WaitingFor } from '@signalbox/contract/session'
import type { ProcessEnded } from '@signalbox/contract/session-failure'
import { formatCount } from '../format-number.ts'
import { type ConfirmOptions, confirm, requireConfirmation } from '../hub/confirm.ts'
import { type AttemptOptions, attemptField } from '../hub/option.ts'
import { printCreated, printOutcome } from '../hub/print-result.ts'
import { type Hub, type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { shortId } from '../short-id.ts'
import { findTaskOf } from '../tasks/find.ts'
import { findSession } from './find.ts'

export interface AddOptions extends HubOptions {
  readonly project: string
  readonly machine?: string
  readonly slot?: number
  readonly id?: string
  /** Seconds. */
  readonly interval?: number
  readonly metadata?: Metadata
}

export async function add(io: Io, { project, machine, slot, id, interval, metadata, ...options }: AddOptions): Promise<void> {
  await withHub(io, options, async ({ client, machineId }) => {
    const session = await client.createSession({
      project_id: project,
      machine_id: machine ?? machineId,
      ...(id === undefined ? {} : { session_id: id }),
      ...(slot === undefined ? {} : { docker_slot: slot }),
      ...optionalFields({ interval, metadata }),
    })
    printCreated(
      io,
      options.json,
      session,
      session.session_id,
      `${shortId(session.session_id)} is ${session.status}, ${formatPlace(session)}.`,
    )
  })
}

/** Fields of a request that are left out when they are not set. */
function optionalFields({ interval, metadata }: { readonly interval?: number | undefined; readonly metadata?: Metadata | undefined }) {
  return {
    ...(interval === undefined ? {} : { heartbeat_interval_ms: interval * 1000 }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

type ChangeOptions = HubOptions & AttemptOptions

export const pause = (io: Io, idPrefix: string, options: ChangeOptions) => setStatus(io, idPrefix, options, 'paused')
export const resume = (io: Io, idPrefix: string, options: ChangeOptions) => setStatus(io, idPrefix, options, 'active')
export const complete = (io: Io, idPrefix: string, options: ChangeOptions) => setStatus(io, idPrefix, options, 'completed')

async function setStatus(io: Io, idPrefix: string, options: ChangeOptions, status: 'paused' | 'active' | 'completed'): Promise<void> {
  await act(io, idPrefix, options, ({ client }, id) => client.updateSession(id, { ...attemptField(options), status }))
}

export interface FailOptions extends HubOptions, ConfirmOptions, AttemptOptions {
  readonly reason: string
  readonly details?: string
}

/** A failed session can be recovered, but only a few times. */
const FAILING_NEEDS_RECOVERY = 'marking a session failed can only be reverted by `signalbox sessions recover`, at most three times'

export async function fail(io: Io, idPrefix: string, { reason, details, ...options }: FailOptions): Promise<void> {
  requireConfirmation(io, FAILING_NEEDS_RECOVERY, options)
  await act(io, idPrefix, options, async (hub, id) => {
    await confirm(io, `Mark ${await describe(hub, id)} failed?`, options)
    return hub.client.markSessionFailed(id, {
      ...attemptField(options),
      reason,
      ...(details === undefined ? {} : { error_details: details }),
    })
  })
}

export async function stall(io: Io, idPrefix: string, { reason, ...options }: ChangeOptions & { readonly reason: string }): Promise<void> {
  await act(io, idPrefix, options, ({ client }, id) => client.markSessionStalled(id, { ...attemptField(options), reason }))
}

export interface ProcessEndedOptions extends HubOptions, ConfirmOptions, AttemptOptions {
  readonly witness?: string
  readonly pid?: number
  readonly exitCode?: number
  readonly signal?: string
}

export async function processEnded(
  io: Io,
  idPrefix: string,
  { witness, pid, exitCode, signal, ...options }: ProcessEndedOptions,
): Promise<void> {
  requireConfirmation(io, FAILING_NEEDS_RECOVERY, options)
  const report: ProcessEnded = {
    ...attemptField(options),
    witness: witness ?? (await localUser()),
    ...(pid === undefined ? {} : { pid }),
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
    ...(signal === undefined ? {} : { signal }),
  }
  await act(io, idPrefix, options, async (hub, id) => {
    await confirm(io, `Report that the process of ${await describe(hub, id)} has ended, and mark it failed?`, options)
    return hub.client.reportProcessEnded(id, report)
  })
}

/** Such as `anna@laptop`. */
async function localUser(): Promise<string> {
  const { userInfo, hostname } = await import('node:os')
  let name = 'unknown'
  try {
    name = userInfo().username
  } catch {
    // In a container the user id may have no name.
  }
  return `${name}@${hostname()}`.slice(0, 200)
}

export interface RecoverOptions extends HubOptions {
  readonly machine?: string
  readonly slot?: number
  readonly fromTask?: string
}

export async function recover(io: Io, idPrefix: string, { machine, slot, fromTask, ...options }: RecoverOptions): Promise<void> {
  await act(io, idPrefix, options, async (hub, id) =>
    hub.client.recoverSession(id, {
      ...(machine === undefined ? {} : { new_machine_id: machine }),
      ...(slot === undefined ? {} : { new_docker_slot: slot }),
      ...(fromTask === undefined ? {} : { resume_from_task_id: await findTaskOf(hub, id, fromTask) }),
    }),
  )
}

export async function archive(io: Io, idPrefix: string, options: HubOptions & ConfirmOptions): Promise<void> {
  requireConfirmation(io, 'archiving a session cannot be undone', options)
  await act(io, idPrefix, options, async (hub, id) => {
    await confirm(io, `Archive ${await describe(hub, id)}?`, options)
    return hub.client.archiveSession(id)
  })
}

export async function purge(io: Io, idPrefix: string, options: HubOptions & ConfirmOptions): Promise<void> {
  requireConfirmation(io, 'deleting a session cannot be undone', options)
  await withHub(io, options, async (hub) => {
    const id = await findSession(hub, idPrefix)
    await confirm(io, `Permanently delete ${await describe(hub, id)} and its tasks?`, options)
    const purged = await hub.client.purgeSession(id, { confirm: true })
    printOutcome(io, options.json, purged, `${shortId(id)} is deleted, with ${formatCount(purged.tasks_deleted, 'task')}.`)
  })
}

export interface HeartbeatOptions extends HubOptions, AttemptOptions {
  readonly activity?: Activity
  readonly waitingFor?: WaitingFor
  readonly task?: string
  readonly status?: 'active' | 'paused'
  /** Seconds. */
  readonly interval?: number
  readonly metadata?: Metadata
}

export async function heartbeat(io: Io, idPrefix: string, all: HeartbeatOptions): Promise<void> {
  const { activity, waitingFor, task, status, interval, metadata, ...options } = all
  await withHub(io, options, async (hub) => {
    const id = await findSession(hub, idPrefix)
    const answer = await hub.client.updateSessionHeartbeat(id, {
      ...attemptField(options),
      ...(activity === undefined ? {} : { activity }),
      ...(waitingFor === undefined ? {} : { waiting_for: waitingFor }),
      ...(status === undefined ? {} : { status }),
      ...optionalFields({ interval, metadata }),
      ...(task === undefined ? {} : { current_task_id: await findTaskOf(hub, id, task) }),
    })
    printOutcome(
      io,
      options.json,
      answer,
      `${shortId(id)} is ${answer.status}. Next heartbeat expected in ${formatDuration(answer.next_heartbeat_ms)}.`,
    )
  })
}

async function act(io: Io, idPrefix: string, options: HubOptions, ask: (hub: Hub, id: string) => Promise<Session>): Promise<void> {
  await withHub(io, options, async (hub) => {
    const session = await ask(hub, await findSession(hub, idPrefix))
    printOutcome(io, options.json, session, `${shortId(session.session_id)} is ${session.status}, ${formatPlace(session)}.`)
  })
}

/** A session, as named in a question. */
async function describe({ client }: Hub, id: string): Promise<string> {
  const session = await client.getSession(id)
  return `${shortId(id)}, ${session.status}, ${formatPlace(session)}`
}

function formatPlace({ project_id, machine_id, docker_slot }: Session): string {
  return printable(`${project_id} on ${machine_id}${docker_slot === undefined ? '' : `, slot ${docker_slot}`}`)
}
