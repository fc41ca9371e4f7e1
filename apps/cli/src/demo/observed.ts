import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Heartbeat, Session, StateTrackingApiClient } from '@signalbox/client'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import type { Random } from '@signalbox/usage/random'
import type { DemoCollector } from './sample-fleet.ts'

interface ObservedContext {
  readonly client: StateTrackingApiClient
  readonly random: Random
  readonly signal: AbortSignal
}

const COLLECTOR_INTERVAL_MS = 15_000
const VERSION = '2.1.332'
const CONTEXT_LIMIT = 200_000

/** The names of sessions on a main branch; others are called after their branch. */
const names = ['review', 'release-notes', 'cleanup', 'delays']
const models = ['claude-opus-5-5', 'claude-opus-5-5', 'claude-sonnet-5']
const tools = ['Read', 'Read', 'Grep', 'Bash', 'Edit', 'Edit', 'Write']
const subagents = ['Explore', 'Plan', 'general-purpose']

/** What the session has used so far, by its id. */
const used = new Map<string, { context: number; cost: number }>()

type Seen = Omit<SessionObservation, 'observation_id' | 'session_id' | 'at'>

async function send({ client, signal }: ObservedContext, session: Session, ...seen: readonly Seen[]): Promise<void> {
  const at = new Date().toISOString()
  const observations = seen.map((one) => ({ observation_id: randomUUID(), session_id: session.session_id, at, ...one }))
  await client.observeSessions(session.machine_id, observations, { signal })
}

/** Reports a new session as a collector and the hooks do: its name, model and version, and perhaps subagents. */
export async function observeStart(context: ObservedContext, session: Session, branch: string): Promise<void> {
  const { random } = context
  used.set(session.session_id, { context: random.int(18_000, 60_000), cost: random.int(10, 300) / 100 })
  const agents = Array.from({ length: random.int(0, 2) }, () => ({
    agent_id: randomUUID().slice(0, 8),
    agent_type: random.pick(subagents),
    started_at: new Date().toISOString(),
  }))
  await send(
    context,
    session,
    {
      source: 'process-file',
      alive: true,
      fields: {
        name: branch === 'main' ? random.pick(names) : branch.slice(branch.indexOf('/') + 1),
        version: VERSION,
        kind: 'interactive',
        pid: random.int(2_000, 60_000),
      },
    },
    { source: 'hook', event: { kind: 'started', reason: 'startup' }, fields: { permission_mode: 'auto', branch } },
    { source: 'hook', event: { kind: 'prompt' } },
    { source: 'transcript', fields: { model: random.pick(models) } },
    ...(agents.length === 0
      ? []
      : [{ source: 'hook', subagents: agents, subagents_running: agents.map(({ agent_id }) => agent_id) } as const]),
  )
}

/** Reports an activity that begins. */
export async function observeActivity(context: ObservedContext, session: Session, { activity, waiting_for }: Heartbeat): Promise<void> {
  if (activity == null) return
  await send(context, session, { source: 'process-file', alive: true, activity, ...(waiting_for === undefined ? {} : { waiting_for }) })
}

/** Reports a tool that has run, and what the session has used by now. */
export async function observeWork(context: ObservedContext, session: Session): Promise<void> {
  const { random } = context
  const before = used.get(session.session_id) ?? { context: 20_000, cost: 0 }
  // The context is compacted when it is nearly full.
  const grown = before.context + random.int(500, 4_000)
  const next = { context: grown > CONTEXT_LIMIT - 13_000 ? 24_000 : grown, cost: before.cost + random.int(1, 12) / 100 }
  used.set(session.session_id, next)
  await send(
    context,
    session,
    { source: 'hook', event: { kind: 'tool', name: random.pick(tools), duration_ms: random.int(20, 9_000) } },
    {
      source: 'statusline',
      fields: {
        context_tokens: next.context,
        context_limit: CONTEXT_LIMIT,
        cost_usd: next.cost,
        cache_expires_at: new Date(Date.now() + 300_000).toISOString(),
      },
    },
    { source: 'transcript', fields: { output_tokens: Math.round(next.cost * 12_000), cache_read_tokens: Math.round(next.cost * 900_000) } },
  )
}

/** Sends the heartbeats of a machine's collector, until the signal. */
export async function runCollector(
  { client, signal }: ObservedContext,
  machine: string,
  { platform, condition }: DemoCollector,
): Promise<void> {
  const behind = condition === 'behind'
  const started_at = new Date().toISOString()
  while (!signal.aborted) {
    try {
      const live = await client.getSessionsByMachine(machine, { status: ['active', 'paused', 'stalled'] }, { signal })
      await client.sendCollectorHeartbeat(
        machine,
        {
          heartbeat_interval_ms: COLLECTOR_INTERVAL_MS,
          platform,
          version: '0.1.0',
          claude_code_versions: [VERSION],
          started_at,
          state: behind ? 'sending' : 'idle',
          sources: [
            { name: 'sessions', state: 'ok' },
            { name: 'transcripts', state: 'ok' },
            { name: 'claude-json', state: 'ok' },
            { name: 'console', state: condition === 'needs_login' ? 'needs_login' : 'ok' },
          ],
          ...(behind ? { pending: { calls: 1_234 }, pending_since: new Date(Date.now() - 240_000).toISOString() } : {}),
          sessions: live.map(({ session_id }) => session_id),
        },
        { signal },
      )
    } catch {
      // The next heartbeat follows an outage of the hub.
    }
    await sleep(COLLECTOR_INTERVAL_MS, undefined, { signal }).catch(() => {})
  }
}
