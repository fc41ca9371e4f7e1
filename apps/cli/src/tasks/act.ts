import type { Task } from '@signalbox/contract/task'
import { askHub, type Hub, type HubOptions } from '../hub/connect.ts'
import { tell } from '../hub/told.ts'
import { printable } from '../printable.ts'
import { findSession } from '../sessions/find.ts'
import { shortId } from '../short-id.ts'
import { findTask } from './find.ts'

export interface AddOptions extends HubOptions {
  readonly session: string
  readonly issue?: string
  readonly id?: string
}

export async function add(name: string, { session, issue, id, ...options }: AddOptions): Promise<void> {
  await askHub(options, async (hub) => {
    const task = await hub.client.createTask({
      session_id: await findSession(hub, session),
      task_name: name,
      ...(issue === undefined ? {} : { github_issue_id: issue }),
      ...(id === undefined ? {} : { task_id: id }),
    })
    // Whole: the next command wants to name it.
    tell(options.json, task, `${task.task_id} is ${task.status}: ${nameOf(task)}`)
  })
}

export const start = (begins: string, options: HubOptions) => act(begins, options, ({ client }, id) => client.startTask(id))
export const complete = (begins: string, options: HubOptions) => act(begins, options, ({ client }, id) => client.completeTask(id))

export async function fail(begins: string, { reason, ...options }: HubOptions & { readonly reason: string }): Promise<void> {
  await act(begins, options, ({ client }, id) => client.failTask(id, { error_message: reason }))
}

export async function block(begins: string, { reason, ...options }: HubOptions & { readonly reason?: string }): Promise<void> {
  await act(begins, options, ({ client }, id) => client.blockTask(id, reason === undefined ? {} : { reason }))
}

async function act(begins: string, options: HubOptions, ask: (hub: Hub, id: string) => Promise<Task>): Promise<void> {
  await askHub(options, async (hub) => {
    const task = await ask(hub, await findTask(hub, begins))
    tell(options.json, task, `${shortId(task.task_id)} is ${task.status.replace('_', ' ')}: ${nameOf(task)}`)
  })
}

function nameOf({ task_name }: Task): string {
  return printable(task_name.length > 80 ? `${task_name.slice(0, 79)}…` : task_name)
}
