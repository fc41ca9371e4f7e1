import { setTimeout as sleep } from 'node:timers/promises'
import type { StateTrackingApiClient, Task, TrackedSession } from '@signalbox/client'

const plan = ['read the issue', 'write a test', 'make it pass', 'review it', 'merge it']

export interface Worker {
  readonly name: string
  /** Duration of one task in milliseconds. */
  readonly pace: number
  /** The task during which the worker breaks down. */
  readonly breaksAt: string | undefined
  readonly say: (line: string) => void
}

/** The failure of a fake worker. */
export class Breakdown extends Error {}

/** Creates all tasks first, so that the hub knows the remaining ones when the worker fails. */
export async function work(client: StateTrackingApiClient, session: TrackedSession, worker: Worker): Promise<void> {
  const tasks: Task[] = []
  for (const task_name of plan) {
    tasks.push(await client.createTask({ session_id: session.session_id, task_name }, { signal: session.signal }))
  }
  await runTasks(session, tasks, worker)
}

/** Does the tasks that an earlier worker left pending. */
export async function resumeWork(client: StateTrackingApiClient, session: TrackedSession, worker: Worker): Promise<void> {
  const { tasks } = await client.getSessionTaskProgress(session.session_id, { signal: session.signal })
  await runTasks(session, tasks.pending, { ...worker, breaksAt: undefined })
}

async function runTasks(session: TrackedSession, tasks: readonly Task[], { name, pace, breaksAt, say }: Worker): Promise<void> {
  for (const task of tasks) {
    await session.task(task, async ({ task_name }) => {
      say(`${name} begins: ${task_name}`)
      await sleep(pace / 2, undefined, { signal: session.signal })
      if (task_name === breaksAt) throw new Breakdown(`${name} broke down`)
      await sleep(pace / 2, undefined, { signal: session.signal })
      say(`${name} is done: ${task_name}`)
    })
  }
}
