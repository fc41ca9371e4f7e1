import { ConflictError, type StateTrackingApiClient } from '@signalbox/client'
import { Breakdown, resumeWork, type Worker, work } from './worker.ts'

const SLOTS = [1, 2, 3]
const HEARTBEAT_MS = 5_000

export interface Summary {
  readonly sessions: number
  readonly completed: number
  readonly tasks: number
  readonly tasksDone: number
  readonly recoveries: number
  readonly slotsHeld: number
}

interface OrchestrateOptions {
  readonly machine: string
  /** Duration of one task in milliseconds. */
  readonly pace: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** Runs a worker in every slot of a machine, and replaces each that breaks down. @returns the hub's state at the end */
export async function orchestrate(client: StateTrackingApiClient, { machine, pace, signal, say }: OrchestrateOptions): Promise<Summary> {
  await register(client, machine, signal)
  say(`machine ${machine} has the slots ${SLOTS.join(', ')}`)
  const workers = SLOTS.map((slot): Worker & { readonly slot: number } => ({
    name: `worker-${slot}`,
    slot,
    pace,
    breaksAt: slot === 2 ? 'make it pass' : undefined,
    say,
  }))
  const tracked = { heartbeatMs: HEARTBEAT_MS, signal, onError: (error: Error) => say(`the hub could not be updated: ${error.message}`) }

  /** The worker of each session. */
  const workerOf = new Map<string, Worker>()
  const done = new Map(workers.map(({ name }) => [name, Promise.withResolvers<void>()]))
  const finish = (worker: Worker, running: Promise<void>) =>
    running.then(
      () => {
        say(`${worker.name} has finished`)
        done.get(worker.name)?.resolve()
      },
      (error: Error) => {
        // After a breakdown the session is failed, and its event starts a replacement. Other errors end the run.
        if (error instanceof Breakdown) say(error.message)
        else done.get(worker.name)?.reject(error)
      },
    )

  const recover = async (sessionId: string, worker: Worker) => {
    const checkpoint = await client.prepareSessionRecovery(sessionId, { signal })
    const slot = checkpoint.docker_slot
    const { attempt } = await client.recoverSession(sessionId, slot === undefined ? {} : { new_docker_slot: slot }, { signal })
    say(`${worker.name} is replaced in slot ${slot ?? 'none'}`)
    await client.resumeSession(sessionId, { ...tracked, attempt }, (session) => resumeWork(client, session, worker))
  }

  // Events after this id are never missed, even across restarts of the hub.
  const after = (await client.listEvents({ limit: 1 }, { signal })).at(-1)?.id ?? 0
  const watching = new AbortController()
  const watch = async () => {
    for await (const { data } of client.events({
      after,
      types: ['session.status'],
      machine_id: machine,
      signal: watching.signal,
      onConnection: ({ state }) => say(state === 'open' ? 'connected to the hub' : 'the hub is unreachable'),
    })) {
      const worker = workerOf.get(String(data.session_id))
      if (worker === undefined || data.status !== 'failed' || signal.aborted) continue
      say(`the hub reports that ${worker.name} failed: ${data.reason}`)
      void finish(worker, recover(String(data.session_id), worker))
    }
  }
  const watched = watch()

  for (const worker of workers) {
    const place = { project_id: 'orchestrator-example', machine_id: machine, docker_slot: worker.slot, metadata: { worker: worker.name } }
    const running = client.trackSession({ ...place, ...tracked }, (session) => {
      workerOf.set(session.session_id, worker)
      say(`${worker.name} has slot ${session.docker_slot}`)
      return work(client, session, worker)
    })
    void finish(worker, running)
  }
  try {
    // The stream ends before the work only with an error that a retry cannot fix.
    await Promise.race([Promise.all([...done.values()].map(({ promise }) => promise)), watched])
  } finally {
    watching.abort()
  }
  return summary(client, machine, [...workerOf.keys()])
}

/** Creates the machine, or updates that of an earlier run. */
async function register(client: StateTrackingApiClient, machine_id: string, signal: AbortSignal): Promise<void> {
  try {
    await client.createMachine({ machine_id, hostname: machine_id, docker_slots: SLOTS }, { signal })
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
    await client.updateMachine(machine_id, { docker_slots: SLOTS, status: 'online' }, { signal })
  }
}

async function summary(client: StateTrackingApiClient, machine: string, sessionIds: readonly string[]): Promise<Summary> {
  const sessions = await Promise.all(sessionIds.map((id) => client.getSession(id)))
  const progress = await Promise.all(sessionIds.map((id) => client.getSessionTaskProgress(id)))
  const histories = await Promise.all(sessionIds.map((id) => client.getSessionRecoveryHistory(id)))
  const live = await client.getSessionsByMachine(machine, { status: ['active', 'paused', 'stalled'], limit: 100 })
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  return {
    sessions: sessions.length,
    completed: sessions.filter(({ status }) => status === 'completed').length,
    tasks: sum(progress.map(({ stats }) => stats.total)),
    tasksDone: sum(progress.map(({ stats }) => stats.completed)),
    recoveries: sum(histories.map(({ total_attempts }) => total_attempts)),
    slotsHeld: live.filter(({ docker_slot }) => docker_slot !== undefined).length,
  }
}
