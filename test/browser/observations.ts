import { randomUUID } from 'node:crypto'
import type { CollectorHeartbeat } from '@signalbox/contract/collector-heartbeat'
import type { ObservationResult, SessionObservation } from '@signalbox/contract/session-observation'
import { requestHub, type TestHub } from './harness.ts'

type Hub = Pick<TestHub, 'url'>

/** One observation of a session, of now and by the file of its process unless it says otherwise. */
export type Seen = Partial<SessionObservation> & { /** Seconds before now. */ readonly ago?: number }

/** Reports observations of one session, as a collector or a hook does. */
export async function observe(hub: Hub, session_id: string, ...seen: readonly Seen[]): Promise<void> {
  const observations = seen.map(({ ago = 0, ...fields }) => ({
    observation_id: randomUUID(),
    session_id,
    source: 'process-file',
    at: new Date(Date.now() - ago * 1_000).toISOString(),
    project_id: '/home/ada/engine',
    ...fields,
  }))
  const { rejected } = await requestHub<ObservationResult>(hub, 'POST', '/sessions/observations', { machine_id: 'atlas', observations })
  if (rejected.length > 0) throw new Error(`The hub rejected observations: ${JSON.stringify(rejected)}`)
}

/** Sends the heartbeat of the collector on a machine. */
export async function sendCollectorHeartbeat(
  hub: Hub,
  sessions: readonly string[],
  fields: Partial<CollectorHeartbeat> = {},
  machine = 'atlas',
) {
  await requestHub(hub, 'POST', `/machines/${machine}/collector`, {
    heartbeat_interval_ms: 15_000,
    platform: 'linux',
    version: '0.1.0',
    claude_code_versions: ['2.1.332'],
    started_at: new Date().toISOString(),
    state: 'idle',
    sources: [{ name: 'sessions', state: 'ok' }],
    sessions,
    ...fields,
  })
}
