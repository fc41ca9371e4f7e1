import { printable } from '@signalbox/contract/printable'
import type { Task } from '@signalbox/contract/task'
import { type AttemptOptions, attemptField } from '../hub/option.ts'
import { printCreated, printOutcome } from '../hub/print-result.ts'
import { type Hub, type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { findSession } from '../sessions/find.ts'
import { shortId } from '../short-id.ts'
import { findTask } from './find.ts'

type ChangeOptions = HubOptions & AttemptOptions

export interface AddOptions extends HubOptions, AttemptOptions {
  readonly session: string
  readonly issue?: string
  readonly id?: string
}

export async function add(io: Io, name: string, { session, issue, id, ...options }: AddOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const task = await hub.client.createTask({
      ...attemptField(options),
      session_id: await findSession(hub, session),
      task_name: name,
      ...(issue === undefined ? {} : { github_issue_id: issue }),
      ...(id === undefined ? {} : { task_id: id }),
    })
    printCreated(io, options.json, task, task.task_id, `${shortId(task.task_id)} is ${task.status}: ${nameOf(task)}`)
  })
}

export const start = (io: Io, idPrefix: string, options: ChangeOptions) =>
  act(io, idPrefix, options, ({ client }, id) => client.startTask(id, attemptField(options)))
export const complete = (io: Io, idPrefix: string, options: ChangeOptions) =>
  act(io, idPrefix, options, ({ client }, id) => client.completeTask(id, attemptField(options)))

export async function fail(io: Io, idPrefix: string, { reason, ...options }: ChangeOptions & { readonly reason: string }): Promise<void> {
  await act(io, idPrefix, options, ({ client }, id) => client.failTask(id, { ...attemptField(options), error_message: reason }))
}

export async function block(io: Io, idPrefix: string, { reason, ...options }: ChangeOptions & { readonly reason?: string }): Promise<void> {
  await act(io, idPrefix, options, ({ client }, id) =>
    client.blockTask(id, { ...attemptField(options), ...(reason === undefined ? {} : { reason }) }),
  )
}

async function act(io: Io, idPrefix: string, options: HubOptions, ask: (hub: Hub, id: string) => Promise<Task>): Promise<void> {
  await withHub(io, options, async (hub) => {
    const task = await ask(hub, await findTask(hub, idPrefix))
    printOutcome(io, options.json, task, `${shortId(task.task_id)} is ${task.status.replace('_', ' ')}: ${nameOf(task)}`)
  })
}

function nameOf({ task_name }: Task): string {
  return printable(task_name.length > 80 ? `${task_name.slice(0, 79)}…` : task_name)
}
