import type { Metadata } from '@signalbox/contract/metadata'
import type { Activity, Session, WaitingFor } from '@signalbox/contract/session'
import type { ProcessEnded } from '@signalbox/contract/session-failure'
import { type ConfirmOptions, confirm, requireSomebody } from '../hub/confirm.ts'
import { askHub, type Hub, type HubOptions } from '../hub/connect.ts'
import { tell } from '../hub/told.ts'
import { counted, duration } from '../number.ts'
import { printable } from '../printable.ts'
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

export async function add({ project, machine, slot, id, interval, metadata, ...options }: AddOptions): Promise<void> {
  await askHub(options, async ({ client }) => {
    const session = await client.createSession({
      project_id: project,
      machine_id: machine ?? (await ownMachine()),
      ...(id === undefined ? {} : { session_id: id }),
      ...(slot === undefined ? {} : { docker_slot: slot }),
      ...beside({ interval, metadata }),
    })
    // Whole: the next command, or a hook, wants to name it.
    tell(options.json, session, `${session.session_id} is ${session.status}, ${whereOf(session)}.`)
  })
}

/** What may be said of a session with anything else. */
function beside({ interval, metadata }: { readonly interval?: number | undefined; readonly metadata?: Metadata | undefined }) {
  return {
    ...(interval === undefined ? {} : { heartbeat_interval_ms: interval * 1000 }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

async function ownMachine(): Promise<string> {
  const { readSettings } = await import('@signalbox/contract/setting')
  const { hostname } = await import('node:os')
  return readSettings(process.env, ['MACHINE_ID']).MACHINE_ID ?? hostname()
}

export const pause = (begins: string, options: HubOptions) => become(begins, options, 'paused')
export const resume = (begins: string, options: HubOptions) => become(begins, options, 'active')
export const complete = (begins: string, options: HubOptions) => become(begins, options, 'completed')

async function become(begins: string, options: HubOptions, status: 'paused' | 'active' | 'completed'): Promise<void> {
  await act(begins, options, ({ client }, id) => client.updateSession(id, { status }))
}

export interface FailOptions extends HubOptions, ConfirmOptions {
  readonly reason: string
  readonly details?: string
}

export async function fail(begins: string, { reason, details, ...options }: FailOptions): Promise<void> {
  requireSomebody('A session that is marked failed', options)
  await act(begins, options, async (hub, id) => {
    await confirm(`Mark ${await named(hub, id)} failed?`, options)
    return hub.client.markSessionFailed(id, { reason, ...(details === undefined ? {} : { error_details: details }) })
  })
}

export async function stall(begins: string, { reason, ...options }: HubOptions & { readonly reason: string }): Promise<void> {
  await act(begins, options, ({ client }, id) => client.markSessionStalled(id, { reason }))
}

export interface ProcessEndedOptions extends HubOptions, ConfirmOptions {
  readonly witness?: string
  readonly pid?: number
  readonly exitCode?: number
  readonly signal?: string
}

export async function processEnded(begins: string, { witness, pid, exitCode, signal, ...options }: ProcessEndedOptions): Promise<void> {
  requireSomebody('A session whose process has ended has failed; that', options)
  const seen: ProcessEnded = {
    witness: witness ?? (await whoWeAre()),
    ...(pid === undefined ? {} : { pid }),
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
    ...(signal === undefined ? {} : { signal }),
  }
  await act(begins, options, async (hub, id) => {
    await confirm(`Has the process of ${await named(hub, id)} ended, so that it failed?`, options)
    return hub.client.reportProcessEnded(id, seen)
  })
}

/** `anna@laptop` */
async function whoWeAre(): Promise<string> {
  const { userInfo, hostname } = await import('node:os')
  let name = 'somebody'
  try {
    name = userInfo().username
  } catch {
    // A user id without a name, as in a container.
  }
  return `${name}@${hostname()}`.slice(0, 200)
}

export interface RecoverOptions extends HubOptions {
  readonly machine?: string
  readonly slot?: number
  readonly fromTask?: string
}

export async function recover(begins: string, { machine, slot, fromTask, ...options }: RecoverOptions): Promise<void> {
  await act(begins, options, async (hub, id) =>
    hub.client.recoverSession(id, {
      ...(machine === undefined ? {} : { new_machine_id: machine }),
      ...(slot === undefined ? {} : { new_docker_slot: slot }),
      ...(fromTask === undefined ? {} : { resume_from_task_id: await findTaskOf(hub, id, fromTask) }),
    }),
  )
}

export async function archive(begins: string, options: HubOptions & ConfirmOptions): Promise<void> {
  requireSomebody('Archiving a session', options)
  await act(begins, options, async (hub, id) => {
    await confirm(`Archive ${await named(hub, id)}?`, options)
    return hub.client.archiveSession(id)
  })
}

export async function purge(begins: string, options: HubOptions & ConfirmOptions): Promise<void> {
  requireSomebody('Purging a session', options)
  await askHub(options, async (hub) => {
    const id = await findSession(hub, begins)
    await confirm(`Remove ${await named(hub, id)} and its tasks for good?`, options)
    const purged = await hub.client.purgeSession(id, { confirm: true })
    tell(options.json, purged, `${shortId(id)} is gone, and ${counted(purged.tasks_deleted, 'task')} with it.`)
  })
}

export interface HeartbeatOptions extends HubOptions {
  readonly activity?: Activity
  readonly waitingFor?: WaitingFor
  readonly task?: string
  readonly status?: 'active' | 'paused'
  /** Seconds. */
  readonly interval?: number
  readonly metadata?: Metadata
}

export async function heartbeat(begins: string, beating: HeartbeatOptions): Promise<void> {
  const { activity, waitingFor, task, status, interval, metadata, ...options } = beating
  await askHub(options, async (hub) => {
    const id = await findSession(hub, begins)
    const beat = await hub.client.updateSessionHeartbeat(id, {
      ...(activity === undefined ? {} : { activity }),
      ...(waitingFor === undefined ? {} : { waiting_for: waitingFor }),
      ...(status === undefined ? {} : { status }),
      ...beside({ interval, metadata }),
      ...(task === undefined ? {} : { current_task_id: await findTaskOf(hub, id, task) }),
    })
    tell(options.json, beat, `${shortId(id)} is ${beat.status}. Its next beat is expected in ${duration(beat.next_heartbeat_ms)}.`)
  })
}

async function act(begins: string, options: HubOptions, ask: (hub: Hub, id: string) => Promise<Session>): Promise<void> {
  await askHub(options, async (hub) => {
    const session = await ask(hub, await findSession(hub, begins))
    tell(options.json, session, `${shortId(session.session_id)} is ${session.status}, ${whereOf(session)}.`)
  })
}

/** Whom a question is about. */
async function named({ client }: Hub, id: string): Promise<string> {
  const session = await client.getSession(id)
  return `${shortId(id)}, ${session.status}, ${whereOf(session)}`
}

function whereOf({ project_id, machine_id, docker_slot }: Session): string {
  return printable(`${project_id} on ${machine_id}${docker_slot === undefined ? '' : `, slot ${docker_slot}`}`)
}
