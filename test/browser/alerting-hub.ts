import { randomUUID } from 'node:crypto'
import { expect, vi } from 'vitest'
import { type AlertPeer, openAlertPeer } from '../../apps/hub/test/alert-peer.ts'
import { openHub } from '../../apps/hub/test/open-hub.ts'
import { builtDashboard, requestHub, type TestHub } from './harness.ts'
import { SystemClock } from './in-process-hub.ts'

export interface AlertingHub extends Pick<TestHub, 'url'> {
  /** A receiver of webhooks, at `peer.url`. */
  readonly peer: AlertPeer
  /** Creates a session that has failed, for which a rule opens an alert. @returns the alert's summary */
  failSession(reason: string): Promise<string>
  /** A session asks for the permission to run a command, and waits. @returns the link of the message that says so */
  askPermission(command: string): Promise<string>
  close(): Promise<void>
}

/** A hub in the process of the test that judges and sends by itself, at once, and a program that receives its webhooks. */
export async function openAlertingHub(): Promise<AlertingHub> {
  const closers: (() => Promise<void>)[] = []
  const env = { API_KEYS: '', NODE_ENV: 'development', LOG_LEVEL: 'silent', DASHBOARD_LIMIT_PER_MINUTE: '1000000', ALERT_GROUP_MS: '0' }
  const { app } = await openHub({ clock: new SystemClock(), dashboard: builtDashboard(), env }, (close) => closers.push(close))
  const peer = await openAlertPeer()
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const stopping = new AbortController()
  await app.alerts.prepare()
  const running = app.alerts.run(stopping.signal)
  return {
    url,
    peer,
    async failSession(reason) {
      const { session_id } = await requestHub<{ session_id: string }>({ url }, 'POST', '/sessions', {
        project_id: 'shop',
        machine_id: 'laptop',
      })
      await requestHub({ url }, 'POST', `/sessions/${session_id}/mark-failed`, { reason })
      return `Session ${session_id.slice(0, 8)} in shop on laptop has failed: ${reason}`
    },
    async askPermission(command) {
      const [session_id, asker] = [randomUUID(), { machine_id: 'laptop', project_id: 'shop' }]
      const content = { tool: 'Bash', details: [{ name: 'command', text: command }], suggestions: [], choices: [] }
      const question = { question_id: randomUUID(), session_id, ...asker, kind: 'permission', expires_in_ms: 3_600_000, content }
      await requestHub({ url }, 'POST', '/api/questions', question)
      const observation = {
        observation_id: randomUUID(),
        session_id,
        source: 'hook',
        at: new Date().toISOString(),
        project_id: asker.project_id,
        alive: true,
        activity: 'waiting',
        waiting_for: 'permission',
        event: { kind: 'waiting' },
      }
      await requestHub({ url }, 'POST', '/sessions/observations', { machine_id: asker.machine_id, observations: [observation] })
      const link = () =>
        peer
          .accepted()
          .flatMap(({ alerts }) =>
            (alerts as readonly { readonly action?: { readonly url: string } }[]).flatMap(({ action }) => action?.url ?? []),
          )
      return await vi.waitFor(
        () => {
          expect(link()).toHaveLength(1)
          return link()[0]!
        },
        { timeout: 60_000 },
      )
    },
    async close() {
      stopping.abort()
      await running
      for (const close of closers) await close()
      await peer.close()
    },
  }
}
