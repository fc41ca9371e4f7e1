import { createHash } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fetch, StateTrackingApiClient } from '@signalbox/client'
import type { Alert, AlertDetail, AlertMessage, AlertSummary } from '@signalbox/contract/alert'
import { expect, it, onTestFinished, vi } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { type HubProcess, startHubProcess } from './hub-process.ts'

/** Sessions that fail before each kill. */
const FAILURES_PER_KILL = 3
/** A long run says how far it is. */
const PROGRESS_KILLS = 25
/** A request is repeated for up to a minute: a hub may be starved of processor time, as its database may. */
const RETRIES = { attempts: 30, baseDelay: 200, maxDelay: 2_000 }
/** A kill needs the start of a hub, which a machine that does much else delays. */
const LONGEST_KILL_MS = 60_000

interface Peer {
  readonly url: string
  /** What came, in its order: the id that the peer knows, and the body. */
  readonly received: { readonly id: string; readonly body: string }[]
}

/**
 * Kills hubs at random moments while peers accept messages and then wait with their answer. `env` selects a store; with
 * `hubs` of 2, one hub lives while the other one is killed.
 */
export function alertKilledSuite(env: () => Promise<Record<string, string>>, kills: number, hubs: 1 | 2, timeoutMs: number): void {
  it(
    `nothing is lost and every possible repeat is marked when hubs are killed ${kills} times while they send`,
    async () => {
      // A hub that loads its modules from a cache starts in half the time, and each kill needs a start.
      const cache = tempFolder()
      const settings = { ...(await env()), ALERT_GROUP_MS: '50', SECRET_KEY: 'a key that both hubs have', NODE_COMPILE_CACHE: cache }
      // Node writes it at an orderly end, which a killed process has not.
      await (await startHubProcess({ ...settings, DATA_DIR: tempFolder(), MONGODB_URI: undefined })).child.stop('SIGTERM')
      // This one knows repeats by their id, the other one cannot.
      const [keyed, plain] = [await openPeer(), await openPeer()]
      const running: HubProcess[] = []
      for (let n = 0; n < hubs; n++) running.push(await startHubProcess(settings))
      await running[0]!.ask('POST', '/api/channels', { kind: 'webhook', name: 'keyed', config: { url: keyed.url } })
      await running[0]!.ask('POST', '/api/channels', { kind: 'slack', name: 'plain', config: { url: plain.url, server: 'mattermost' } })
      const failed: string[] = []
      const refused: string[] = []
      for (let kill = 0; kill < kills; kill++) {
        const victim = kill % hubs
        for (let n = 0; n < FAILURES_PER_KILL; n++) failed.push(await failSession(running[victim]!, refused))
        if (kill % PROGRESS_KILLS === PROGRESS_KILLS - 1)
          console.info(`${kill + 1} kills, ${keyed.received.length} requests at the keyed peer`)
        await sleep(Math.random() * 700)
        await running[victim]!.child.stop('SIGKILL')
        running[victim] = await startHubProcess(settings)
      }
      const [hub] = running
      const alerts = await vi.waitFor(
        async () => {
          const all = await listAlerts(hub!)
          expect(new Set(all.map(({ subject }) => subject)).size).toBe(failed.length)
          const { body } = await hub!.ask<AlertSummary>('GET', '/api/alerts/summary')
          expect(body.waiting, 'notices that wait').toBe(0)
          const unsent = await unsentMessages(hub!)
          expect(unsent, `${unsent.length} messages are not sent`).toEqual([])
          const details = await readDetails(hub!, all)
          // A message is sent a moment before its notices are.
          for (const { notices } of details) expect(notices.map(({ state }) => state)).toEqual(['sent', 'sent'])
          return details
        },
        { timeout: timeoutMs, interval: 500 },
      )
      expect(alerts.map(({ subject }) => subject).sort(), 'one alert of each session').toEqual([...failed].sort())
      const channels = new Set(alerts.flatMap(({ notices }) => notices.map(({ channel_id }) => channel_id)))
      expect(channels.size).toBe(2)
      for (const { flips } of alerts) {
        expect(flips.map(({ what }) => what)).toEqual(['opened'])
      }
      expectKeyed(alerts, keyed)
      expectMarked(plain, kills)
      console.info(totals(alerts, kills, keyed, plain, refused))
    },
    60_000 + timeoutMs + kills * LONGEST_KILL_MS,
  )
}

/** Each notice is in one message, and each message has one id and one content, however often it came. */
function expectKeyed(alerts: readonly AlertDetail[], keyed: Peer): void {
  const ids = new Set(keyed.received.map(({ id }) => id))
  const messages = alerts.flatMap(({ messages }) => messages).filter(({ channel_kind }) => channel_kind === 'webhook')
  for (const { message_id, state } of messages) {
    expect(state).toBe('sent')
    expect(ids, `the peer has ${message_id}`).toContain(message_id)
  }
  expect(ids.size, 'no other ids').toBe(new Set(messages.map(({ message_id }) => message_id)).size)
  const contents = keyed.received.map(({ id, body }) => `${id} ${contentOf(body)}`)
  expect(new Set(contents).size, 'a repeat says the same').toBe(ids.size)
  const listed = new Set(keyed.received.filter((one, index, all) => all.findIndex(({ id }) => id === one.id) === index).map(({ id }) => id))
  expect(listed).toEqual(ids)
}

/** The first of each message is not marked; every further one is. */
function expectMarked(plain: Peer, kills: number): void {
  const seen = new Map<string, number>()
  for (const { body } of plain.received) {
    const isMarked = body.includes('may be a repeat')
    const content = body.replaceAll(/\(may be a repeat\)\s*/gi, '').replaceAll(/\s+/g, ' ')
    const times = seen.get(content) ?? 0
    if (times > 0) expect(isMarked, `a repeat that is not marked: ${body}`).toBe(true)
    seen.set(content, times + 1)
  }
  for (const times of seen.values()) expect(times).toBeLessThanOrEqual(1 + kills)
}

/** Without the time at which it was sent. */
function contentOf(body: string): string {
  const { timestamp: _, ...rest } = JSON.parse(body) as { timestamp: string }
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex')
}

/** As clients do: a request that is not answered, or with 503, is sent again with its idempotency key. @param refused gets those */
async function failSession({ url }: HubProcess, refused: string[]): Promise<string> {
  const noting: Fetch = async (input, init) => {
    const response = await fetch(input, init)
    if (!response.ok) refused.push(`${response.status} ${await response.clone().text()}`)
    return response
  }
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey: 'trip', fetch: noting, retry: RETRIES, timeout: 30_000 })
  const { session_id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  expect(await client.markSessionFailed(session_id, { reason: 'killed' })).toMatchObject({ session_id, status: 'failed' })
  return session_id
}

async function listAlerts(hub: HubProcess): Promise<Alert[]> {
  const all: Alert[] = []
  for (;;) {
    const { body } = await hub.ask<Alert[]>('GET', `/api/alerts?kind=session_failed&limit=100&offset=${all.length}`)
    all.push(...body)
    if (body.length < 100) return all
  }
}

/** One after the other: nine hundred at once would keep the hub from sending. */
async function readDetails(hub: HubProcess, alerts: readonly Alert[]): Promise<AlertDetail[]> {
  const details: AlertDetail[] = []
  for (const { alert_id } of alerts) details.push((await hub.ask<AlertDetail>('GET', `/api/alerts/${alert_id}`)).body)
  return details
}

async function unsentMessages(hub: HubProcess): Promise<string[]> {
  const { body: channels } = await hub.ask<{ channel_id: string }[]>('GET', '/api/channels')
  const unsent: string[] = []
  for (const { channel_id } of channels) {
    const { body } = await hub.ask<AlertMessage[]>('GET', `/api/channels/${channel_id}/messages?limit=100`)
    // A hub that was killed while it gathered leaves an empty message: its notices are part of another one.
    const waiting = body.filter(({ state, notices }) => state !== 'sent' && !(state === 'dropped' && notices === 0))
    unsent.push(...waiting.map(({ message_id, state }) => `${message_id} ${state}`))
  }
  return unsent
}

/** What the run had to deal with: kills between messages prove less than those while one was sent. */
function totals(alerts: readonly AlertDetail[], kills: number, keyed: Peer, plain: Peer, refused: readonly string[]): string {
  const messages = [...new Map(alerts.flatMap(({ messages }) => messages).map((one) => [one.message_id, one])).values()]
  const interrupted = messages.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome === 'unknown').length
  const marked = plain.received.filter(({ body }) => body.includes('may be a repeat')).length
  const repeats = keyed.received.length - new Set(keyed.received.map(({ id }) => id)).size
  return (
    `${kills} kills: ${alerts.length} alerts in ${messages.length} messages, ${interrupted} attempts interrupted; the keyed peer got ` +
    `${repeats} repeats under a known id, the other one ${marked} that are marked; nothing lost; ` +
    `${refused.length} requests were refused and sent again ${[...new Set(refused)].join(', ')}`
  )
}

/** Accepts each message, and answers after a moment in which its hub may be killed. */
async function openPeer(): Promise<Peer> {
  const received: Peer['received'] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ id: String(request.headers['webhook-id'] ?? ''), body: Buffer.concat(chunks).toString() })
      setTimeout(() => response.end('ok'), Math.random() * 400)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/abc`, received }
}
