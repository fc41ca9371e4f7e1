import { setTimeout as sleep } from 'node:timers/promises'
import type { Heartbeat, Session } from '@signalbox/client'
import type { Random } from '@signalbox/usage/random'
import { observeActivity, observeStart, observeWork, runCollector } from './observed.ts'
import type { DemoClient } from './questions.ts'
import { collectors, endedSessions, failures, jobs, machines, type Place, places, waitingReasons } from './sample-fleet.ts'
import { sampleQuestions } from './sample-questions.ts'

interface DemoContext {
  readonly client: DemoClient
  readonly random: Random
  readonly signal: AbortSignal
}

const SECOND_MS = 1_000
/** After three missed heartbeats the hub marks a session stalled. */
const HEARTBEAT_INTERVAL_MS = 5 * SECOND_MS

/**
 * Starts sessions that work through their tasks, some that ask and wait for an answer, one that loses its connection, one that fails,
 * and others after them, all through the public API.
 * @returns when all places have started; they continue until the signal
 */
export async function startFleet(context: DemoContext): Promise<void> {
  const { client, signal } = context
  for (const { status, ...machine } of machines) {
    const { machine_id } = await client.createMachine(machine, { signal })
    if (status !== 'online') await client.updateMachine(machine_id, { status }, { signal })
    const collector = collectors[machine_id]
    if (collector !== undefined) void runCollector(context, machine_id, collector)
  }
  for (const ended of endedSessions) await createEnded(context, ended)
  // Staggered, so that heartbeats do not coincide.
  for (const place of places) {
    void runPlace(context, place)
    await pause(context, 0.15)
  }
}

/** Runs one session after another in a place, until the signal. */
async function runPlace(context: DemoContext, place: Place): Promise<void> {
  const { client, signal } = context
  for (let round = 0; !signal.aborted; round++) {
    let session: Session | undefined
    try {
      session = await createSession(context, place, round)
      await behaviours[place.behaviour](context, session)
    } catch {
      // A session that was interrupted by an outage of the hub fails, and the next one starts.
      if (signal.aborted) return
      if (session !== undefined)
        await client.markSessionFailed(session.session_id, { reason: 'lost the connection to the hub' }, { signal }).catch(() => {})
    }
    if (session !== undefined) void retire(context, session)
    await pause(context, context.random.int(4, 12)).catch(() => {})
  }
}

/** Ended sessions go: archived after some minutes, and removed later, so that a demo can run for days. */
async function retire(context: DemoContext, { session_id }: Session): Promise<void> {
  const { client, random, signal } = context
  try {
    await pause(context, random.int(240, 420))
    await client.archiveSession(session_id, { signal })
    await pause(context, 1_800)
    await client.purgeSession(session_id, { confirm: true }, { signal })
  } catch {
    // The demo has ended, a person was faster, or the session is active again.
  }
}

/** A session that was there before: people who look see how sessions end. */
async function createEnded(context: DemoContext, { end, ...place }: (typeof endedSessions)[number]): Promise<void> {
  const { client, random, signal } = context
  const session = await createSession(context, { ...place, behaviour: 'work' }, 0)
  const tasks = await pendingTasks(context, session)
  for (const id of end === 'failed' ? tasks.slice(0, 1) : tasks) {
    await client.startTask(id, { signal })
    await client.completeTask(id, { signal })
  }
  await observeWork(context, session)
  if (end === 'failed') await client.markSessionFailed(session.session_id, random.pick(failures), { signal })
  else await client.updateSession(session.session_id, { status: 'completed' }, { signal })
  if (end === 'archived') await client.archiveSession(session.session_id, { signal })
  else void retire(context, session)
}

async function createSession(context: DemoContext, { machine, slot, job }: Place, round: number): Promise<Session> {
  const { client, random, signal } = context
  const { project, branch, tasks } = jobs[(job + 5 * round) % jobs.length]!
  const session = await client.createSession(
    {
      project_id: project,
      machine_id: machine,
      ...(slot === undefined ? {} : { docker_slot: slot }),
      heartbeat_interval_ms: HEARTBEAT_INTERVAL_MS,
      activity: 'working',
      metadata: { branch },
    },
    { signal },
  )
  for (const [index, task_name] of tasks.entries()) {
    const issue = random.chance(0.5) ? { github_issue_id: String(random.int(120, 980)) } : {}
    await client.createTask({ session_id: session.session_id, task_name, ...(index === 0 ? issue : {}) }, { signal })
  }
  await observeStart(context, session, branch)
  return session
}

const behaviours: Record<Place['behaviour'], (context: DemoContext, session: Session) => Promise<void>> = {
  /** Works until all tasks are completed, and sometimes waits for the user. */
  async work(context, session) {
    const { random } = context
    await workThroughTasks(context, session, async () => {
      await heartbeatFor(context, session, random.int(15, 50), { activity: 'working' })
      if (!random.chance(0.2)) return
      await heartbeatFor(context, session, random.int(6, 20), { activity: 'waiting', waiting_for: random.pick(waitingReasons) })
      await heartbeatFor(context, session, random.int(5, 20), { activity: 'working' })
    })
    await context.client.updateSession(session.session_id, { status: 'completed' }, { signal: context.signal })
  },

  /** Waits for permission, or for the approval of a plan, most of the time. */
  async wait(context, session) {
    const { random } = context
    let asked = 0
    await workThroughTasks(context, session, async () => {
      await heartbeatFor(context, session, 1, { activity: 'working' })
      await askAndWait(context, session, 'permission', asked++)
      await heartbeatFor(context, session, random.int(10, 25), { activity: 'working' })
    })
    await context.client.updateSession(session.session_id, { status: 'completed' }, { signal: context.signal })
  },

  /** Waits for an answer most of the time. */
  async ask(context, session) {
    const { random } = context
    let asked = 0
    await workThroughTasks(context, session, async () => {
      await heartbeatFor(context, session, 4, { activity: 'working' })
      await askAndWait(context, session, 'input', asked++)
      await heartbeatFor(context, session, random.int(15, 40), { activity: 'working' })
    })
    await context.client.updateSession(session.session_id, { status: 'completed' }, { signal: context.signal })
  },

  /** Loses its connection during a task, as with a closed laptop, and comes back minutes later. */
  async disconnect(context, session) {
    const { random } = context
    await workThroughTasks(context, session, async () => {
      await heartbeatFor(context, session, 2, { activity: 'working' })
      await pause(context, random.int(200, 420))
      await heartbeatFor(context, session, random.int(15, 40), { activity: 'working' })
    })
    await context.client.updateSession(session.session_id, { status: 'completed' }, { signal: context.signal })
  },

  /** Fails during its second task. */
  async fail(context, session) {
    const { client, random, signal } = context
    const [first, second] = await pendingTasks(context, session)
    await client.startTask(first!, { signal })
    await heartbeatFor(context, session, 4, { activity: 'working' })
    await client.completeTask(first!, { signal })
    await client.startTask(second!, { signal })
    await client.markSessionFailed(session.session_id, random.pick(failures), { signal })
    await pause(context, 240)
  },

  /** Is paused for a few minutes. */
  async pause(context, session) {
    const { random } = context
    await workThroughTasks(context, session, async () => {
      await heartbeatFor(context, session, 3, { activity: 'idle' })
      await heartbeatFor(context, session, random.int(120, 300), { status: 'paused' })
      await heartbeatFor(context, session, random.int(20, 60), { status: 'active', activity: 'working' })
    })
    await context.client.updateSession(session.session_id, { status: 'completed' }, { signal: context.signal })
  },

  /** Is idle at its prompt, then works. */
  async idle(context, session) {
    const { random } = context
    await heartbeatFor(context, session, random.int(60, 180), { activity: 'idle' })
    await behaviours.work(context, session)
  },
}

async function workThroughTasks(context: DemoContext, session: Session, work: () => Promise<void>): Promise<void> {
  const { client, signal } = context
  for (const id of await pendingTasks(context, session)) {
    await client.startTask(id, { signal })
    await work()
    await client.completeTask(id, { signal })
  }
}

async function pendingTasks({ client, signal }: DemoContext, { session_id }: Session): Promise<string[]> {
  const { tasks } = await client.getSessionTaskProgress(session_id, { signal })
  return tasks.pending.map(({ task_id }) => task_id)
}

/** Asks, and waits until a person has answered on the page or in a terminal, or the time is over. @param turn counts the questions of the session */
async function askAndWait(context: DemoContext, session: Session, waiting_for: 'permission' | 'input', turn: number): Promise<void> {
  const { client, random, signal } = context
  const all = sampleQuestions[session.project_id]?.[waiting_for] ?? []
  const asked = all[turn % all.length]
  const seconds = random.int(200, 500)
  const waiting: Heartbeat = { activity: 'waiting', waiting_for }
  if (asked === undefined) return heartbeatFor(context, session, seconds, waiting)
  const answered = client.ask(session, asked, seconds * SECOND_MS, signal)
  // The heartbeats may be what fails first.
  answered.catch(() => {})
  await heartbeatFor(context, session, seconds, waiting, answered)
  await answered
}

/** @param until ends it before its time */
async function heartbeatFor(
  context: DemoContext,
  session: Session,
  seconds: number,
  body: Heartbeat,
  until?: Promise<unknown>,
): Promise<void> {
  await observeActivity(context, session, body)
  let isOver = false
  const over = until?.then(() => {
    isOver = true
  })
  for (let left = seconds * SECOND_MS; left > 0 && !isOver; left -= HEARTBEAT_INTERVAL_MS) {
    await context.client.updateSessionHeartbeat(session.session_id, body, { signal: context.signal })
    if (body.activity === 'working') await observeWork(context, session)
    const next = pause(context, Math.min(left, HEARTBEAT_INTERVAL_MS) / SECOND_MS)
    await (over === undefined ? next : Promise.race([next, over]))
  }
}

function pause({ signal }: DemoContext, seconds: number): Promise<void> {
  return sleep(seconds * SECOND_MS, undefined, { signal })
}
