import { ConflictError, type StateTrackingApiClient } from '@signalbox/client'
import { Breakdown, goOn, type Worker, work } from './worker.ts'

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

interface Order {
  readonly machine: string
  /** Milliseconds that one task takes. */
  readonly pace: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** Runs a worker in every slot of a machine, and one more for each that breaks down. @returns what the hub knows of it at the end */
export async function orchestrate(client: StateTrackingApiClient, { machine, pace, signal, say }: Order): Promise<Summary> {
  await register(client, machine, signal)
  say(`machine ${machine} has the slots ${SLOTS.join(', ')}`)
  const workers = SLOTS.map((slot): Worker & { readonly slot: number } => ({
    name: `worker-${slot}`,
    slot,
    pace,
    breaksAt: slot === 2 ? 'make it pass' : undefined,
    say,
  }))
  const tracked = { heartbeatMs: HEARTBEAT_MS, signal, onError: (error: Error) => say(`could not be told: ${error.message}`) }

  /** Who works, or worked, at which session. */
  const atWork = new Map<string, Worker>()
  const done = new Map(workers.map(({ name }) => [name, Promise.withResolvers<void>()]))
  const finish = (worker: Worker, running: Promise<void>) =>
    running.then(
      () => {
        say(`${worker.name} has finished`)
        done.get(worker.name)?.resolve()
      },
      (error: Error) => {
        // Broken down: the hub knows, and its event brings somebody who goes on. Anything else is for us.
        if (error instanceof Breakdown) say(error.message)
        else done.get(worker.name)?.reject(error)
      },
    )

  const recover = async (sessionId: string, worker: Worker) => {
    const checkpoint = await client.prepareSessionRecovery(sessionId, { signal })
    const slot = checkpoint.docker_slot
    await client.recoverSession(sessionId, slot === undefined ? {} : { new_docker_slot: slot }, { signal })
    say(`${worker.name} is replaced in slot ${slot ?? 'none'}`)
    await client.resumeSession(sessionId, tracked, (session) => goOn(client, session, worker))
  }

  // From here on nothing is missed, however often the hub comes and goes.
  const after = (await client.listEvents({ limit: 1 }, { signal })).at(-1)?.id ?? 0
  const watching = new AbortController()
  const watch = async () => {
    for await (const { data } of client.events({
      after,
      types: ['session.status'],
      machine_id: machine,
      signal: watching.signal,
      onConnection: ({ state }) => say(state === 'open' ? 'the hub is there' : 'the hub is away'),
    })) {
      const worker = atWork.get(String(data.session_id))
      if (worker === undefined || data.status !== 'failed' || signal.aborted) continue
      say(`the hub says that ${worker.name} failed: ${data.reason}`)
      void finish(worker, recover(String(data.session_id), worker))
    }
  }
  const watched = watch()

  for (const worker of workers) {
    const place = { project_id: 'orchestrator-example', machine_id: machine, docker_slot: worker.slot, metadata: { worker: worker.name } }
    const running = client.trackSession({ ...place, ...tracked }, (session) => {
      atWork.set(session.session_id, worker)
      say(`${worker.name} has slot ${session.docker_slot}`)
      return work(client, session, worker)
    })
    void finish(worker, running)
  }
  try {
    // The stream ends before the work does only with an error that no retry would help.
    await Promise.race([Promise.all([...done.values()].map(({ promise }) => promise)), watched])
  } finally {
    watching.abort()
  }
  return summary(client, machine, [...atWork.keys()])
}

/** A machine of an earlier run is there already. */
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
