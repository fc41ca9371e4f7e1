import { setTimeout as sleep } from 'node:timers/promises'
import type { Heartbeat, Session, StateTrackingApiClient } from '@signalbox/client'
import type { Random } from '@signalbox/usage/random'
import { jobs, machines, type Place, places, questions, troubles } from './cast.ts'

interface Stage {
  readonly client: StateTrackingApiClient
  readonly random: Random
  readonly signal: AbortSignal
}

const SECOND = 1_000
/** Between two beats, in milliseconds; three missing ones, and the session has stalled. */
const BEAT = 5 * SECOND

/**
 * A believable fleet that moves: sessions that work through their tasks, one that waits for a permission, one that falls
 * silent, one that fails, and others after them. Everything goes through the door that everybody uses.
 * @returns when all are on stage; they go on until the signal ends it
 */
export async function startFleet(stage: Stage): Promise<void> {
  const { client, signal } = stage
  for (const { status, ...machine } of machines) {
    const { machine_id } = await client.createMachine(machine, { signal })
    if (status !== 'online') await client.updateMachine(machine_id, { status }, { signal })
  }
  // One after the other, so that nobody beats in step.
  for (const place of places) {
    void play(stage, place)
    await pause(stage, 0.15)
  }
}

/** One session after another at one place, for ever. */
async function play(stage: Stage, place: Place): Promise<void> {
  const { client, signal } = stage
  for (let nth = 0; !signal.aborted; nth++) {
    let session: Session | undefined
    try {
      session = await begin(stage, place, nth)
      await acts[place.act](stage, session)
    } catch {
      // The hub may be away for a moment; whoever was at work then has lost the thread.
      if (signal.aborted) return
      if (session !== undefined) await client.markSessionFailed(session.session_id, { reason: 'lost its hub' }, { signal }).catch(() => {})
    }
    await pause(stage, stage.random.int(4, 12)).catch(() => {})
  }
}

async function begin({ client, random, signal }: Stage, { machine, slot, job }: Place, nth: number): Promise<Session> {
  const { project, branch, tasks } = jobs[(job + 5 * nth) % jobs.length]!
  const session = await client.createSession(
    {
      project_id: project,
      machine_id: machine,
      ...(slot === undefined ? {} : { docker_slot: slot }),
      heartbeat_interval_ms: BEAT,
      activity: 'working',
      metadata: { branch },
    },
    { signal },
  )
  for (const [index, task_name] of tasks.entries()) {
    const issue = random.chance(0.5) ? { github_issue_id: String(random.int(120, 980)) } : {}
    await client.createTask({ session_id: session.session_id, task_name, ...(index === 0 ? issue : {}) }, { signal })
  }
  return session
}

const acts: Record<Place['act'], (stage: Stage, session: Session) => Promise<void>> = {
  /** Works until everything is done, and asks now and then. */
  async work(stage, session) {
    const { random } = stage
    await throughTasks(stage, session, async () => {
      await beatFor(stage, session, random.int(15, 50), { activity: 'working' })
      if (!random.chance(0.2)) return
      await beatFor(stage, session, random.int(6, 20), { activity: 'waiting', waiting_for: random.pick(questions) })
      await beatFor(stage, session, random.int(5, 20), { activity: 'working' })
    })
    await stage.client.updateSession(session.session_id, { status: 'completed' }, { signal: stage.signal })
  },

  /** Whoever should allow something is seldom there. */
  async ask(stage, session) {
    const { random } = stage
    await throughTasks(stage, session, async () => {
      await beatFor(stage, session, 1, { activity: 'working' })
      await beatFor(stage, session, random.int(150, 400), { activity: 'waiting', waiting_for: 'permission' })
      await beatFor(stage, session, random.int(10, 25), { activity: 'working' })
    })
    await stage.client.updateSession(session.session_id, { status: 'completed' }, { signal: stage.signal })
  },

  /** Its laptop was closed in the middle of something; much later it is opened again. */
  async fallSilent(stage, session) {
    const { random } = stage
    await throughTasks(stage, session, async () => {
      await beatFor(stage, session, 2, { activity: 'working' })
      await pause(stage, random.int(200, 420))
      await beatFor(stage, session, random.int(15, 40), { activity: 'working' })
    })
    await stage.client.updateSession(session.session_id, { status: 'completed' }, { signal: stage.signal })
  },

  /** Comes to the second task, and no further. */
  async fail(stage, session) {
    const { client, random, signal } = stage
    const [first, second] = await pendingTasks(stage, session)
    await client.startTask(first!, { signal })
    await beatFor(stage, session, 4, { activity: 'working' })
    await client.completeTask(first!, { signal })
    await client.startTask(second!, { signal })
    await client.markSessionFailed(session.session_id, random.pick(troubles), { signal })
    await pause(stage, 240)
  },

  /** Somebody went to lunch. */
  async rest(stage, session) {
    const { random } = stage
    await throughTasks(stage, session, async () => {
      await beatFor(stage, session, 3, { activity: 'idle' })
      await beatFor(stage, session, random.int(120, 300), { status: 'paused' })
      await beatFor(stage, session, random.int(20, 60), { status: 'active', activity: 'working' })
    })
    await stage.client.updateSession(session.session_id, { status: 'completed' }, { signal: stage.signal })
  },

  /** At its prompt, with nothing to do; then it is given something. */
  async idle(stage, session) {
    const { random } = stage
    await beatFor(stage, session, random.int(60, 180), { activity: 'idle' })
    await acts.work(stage, session)
  },
}

async function throughTasks(stage: Stage, session: Session, work: () => Promise<void>): Promise<void> {
  const { client, signal } = stage
  for (const id of await pendingTasks(stage, session)) {
    await client.startTask(id, { signal })
    await work()
    await client.completeTask(id, { signal })
  }
}

async function pendingTasks({ client, signal }: Stage, { session_id }: Session): Promise<string[]> {
  const { tasks } = await client.getSessionTaskProgress(session_id, { signal })
  return tasks.pending.map(({ task_id }) => task_id)
}

async function beatFor(stage: Stage, { session_id }: Session, seconds: number, beat: Heartbeat): Promise<void> {
  for (let left = seconds * SECOND; left > 0; left -= BEAT) {
    await stage.client.updateSessionHeartbeat(session_id, beat, { signal: stage.signal })
    await pause(stage, Math.min(left, BEAT) / SECOND)
  }
}

function pause({ signal }: Stage, seconds: number): Promise<void> {
  return sleep(seconds * SECOND, undefined, { signal })
}
