import { onTestFinished } from 'vitest'
import { type AlertPeer, openAlertPeer } from './alert-peer.ts'
import { type Fleet, fleetOf } from './fleet.ts'
import { type HubOptions, openHub, type TestHub } from './open-hub.ts'

/** Without a heartbeat for so long, a session stalls. */
const STALL_MS = 5_000

export interface AlertHub {
  readonly hub: TestHub
  readonly fleet: Fleet
  readonly peer: AlertPeer
  /** Does all that there is to do at this instant: judge, hold, gather, send. */
  work(): Promise<void>
  /** Lets time pass, in steps, and does what there is to do in each. */
  pass(ms: number, stepMs?: number): Promise<void>
  /** Asks a route, and expects success. */
  ok(method: string, url: string, payload?: object): Promise<Record<string, unknown>>
  /** Adds a channel that sends to the peer. */
  channel(more?: object): Promise<string>
  /** A session that has just stalled. */
  stalledSession(): Promise<string>
  /** The titles that the peer has accepted. */
  titles(): string[]
}

/** A hub with the default rules and a receiver of webhooks. Nothing runs by itself: `work` and `pass` do. */
export async function openAlertHub(options: HubOptions = {}, peer?: AlertPeer): Promise<AlertHub> {
  const receiver = peer ?? (await openAlertPeer())
  const hub = await openHub({ ...options, env: { STALL_THRESHOLD_MS: String(STALL_MS), STALLED_FAIL_AFTER: 'never', ...options.env } })
  if (peer === undefined) onTestFinished(() => receiver.close())
  const { alerts } = hub.app
  await alerts.prepare()
  const stop = hub.store.events.listen((events) => void alerts.worker.noteEvents(events))
  onTestFinished(stop)
  const work = async () => {
    for (let rounds = 0; rounds < 50; rounds++) {
      const wait = await alerts.worker.step()
      await alerts.sender.idle()
      const next = await alerts.outbox.nextAt()
      if (wait > 250 && (next === undefined || next > hub.clock.now())) return
    }
  }
  const ok = async (method: string, url: string, payload?: object) => {
    const answer = await hub.ask(method, url, payload === undefined ? {} : { payload })
    if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
    return answer.body === '' ? {} : (answer.json() as Record<string, unknown>)
  }
  const fleet = fleetOf(hub)
  return {
    hub,
    fleet,
    peer: receiver,
    work,
    ok,
    async pass(ms, stepMs = Math.min(ms, 5_000)) {
      for (let left = ms; left > 0; left -= stepMs) {
        hub.clock.pass(Math.min(left, stepMs))
        await work()
      }
    },
    async channel(more = {}) {
      const made = await ok('POST', '/api/channels', { kind: 'webhook', name: 'Hook', config: { url: receiver.url }, ...more })
      return made.channel_id as string
    },
    async stalledSession() {
      const { session_id } = await fleet.session({ project_id: 'shop', machine_id: 'laptop' })
      await fleet.passTime(STALL_MS + 1_000)
      return session_id
    },
    titles: () => receiver.accepted().map(({ title }) => title),
  }
}
