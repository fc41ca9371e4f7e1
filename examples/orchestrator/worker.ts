import { setTimeout as sleep } from 'node:timers/promises'
import type { StateTrackingApiClient, Task, TrackedSession } from '@signalbox/client'

const plan = ['read the issue', 'write a test', 'make it pass', 'review it', 'merge it']

export interface Worker {
  readonly name: string
  /** Milliseconds that one task takes. */
  readonly pace: number
  /** The task in whose middle it breaks down, the first time. */
  readonly breaksAt: string | undefined
  readonly say: (line: string) => void
}

/** What the fake worker of this example dies of. */
export class Breakdown extends Error {}

/** Plans everything at once, so that the hub knows what is left should the worker not come back. */
export async function work(client: StateTrackingApiClient, session: TrackedSession, worker: Worker): Promise<void> {
  const tasks: Task[] = []
  for (const task_name of plan) {
    tasks.push(await client.createTask({ session_id: session.session_id, task_name }, { signal: session.signal }))
  }
  await workThrough(session, tasks, worker)
}

/** Does what an earlier worker left undone. */
export async function goOn(client: StateTrackingApiClient, session: TrackedSession, worker: Worker): Promise<void> {
  const { tasks } = await client.getSessionTaskProgress(session.session_id, { signal: session.signal })
  await workThrough(session, tasks.pending, { ...worker, breaksAt: undefined })
}

async function workThrough(session: TrackedSession, tasks: readonly Task[], { name, pace, breaksAt, say }: Worker): Promise<void> {
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
