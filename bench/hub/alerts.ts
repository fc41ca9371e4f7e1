import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import type { Rules } from '../../apps/hub/src/state/change-set.ts'
import { openSqliteStore } from '../../apps/hub/src/store/sqlite/open.ts'
import { someAlert } from '../../apps/hub/test/alert-rows.ts'
import { cpuMsOf } from '../../test/support/process-usage.ts'
import { median, milliseconds, percentile, type Row } from '../table.ts'
import { makeSessions, send, startFleet } from './fleet.ts'
import { createSessions, load, portOf } from './heartbeat.ts'
import { headers, type RunningHub, startHub } from './hub-process.ts'

const SESSIONS = 10_000
const MISSING_SESSIONS = 5
const GROUP_MS = 1_000
const CLOSED_ALERTS = 100_000
const HEARTBEAT_TURNS = 6
const TURN_MS = 1_500
const IDLE_MS = 60_000
/** Beyond any measurement: nothing stalls. */
const NEVER_MS = 86_400_000

/** What alerts add to a hub: delay, messages of a storm, and cost. */
export async function hubAlerts(): Promise<Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  try {
    return [
      await overdueToWebhook(path.join(folder, 'overdue')),
      await storm(path.join(folder, 'storm')),
      await heartbeatCost(path.join(folder, 'with'), path.join(folder, 'without')),
      await idleCost(path.join(folder, 'idle')),
      await closedList(path.join(folder, 'closed')),
    ]
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** A session stops: from the moment at which it is overdue to the webhook that has the message. */
async function overdueToWebhook(folder: string): Promise<Row> {
  const rules: Rules = { stallMs: 60_000, machineOfflineMs: 600_000, stalledFailMs: 86_400_000 }
  // To make them takes longer than a session may be without a heartbeat: the first one dates them anew.
  const ids = await makeSessions(folder, { live: SESSIONS, ended: 0 }, { ...rules, stallMs: NEVER_MS }, Date.now())
  await noteListened(folder)
  const receiver = await openReceiver()
  const hub = await startHub(folder, { STALL_THRESHOLD_MS: String(rules.stallMs), ALERT_GROUP_MS: String(GROUP_MS) })
  await addChannel(hub, receiver.url)
  const fleet = startFleet(hub.url, ids)
  await sleep(30_000)
  send(fleet[0]!, { stop: MISSING_SESSIONS })
  const until = performance.now() + 120_000
  const stalled = () => receiver.items.filter(({ kind }) => kind === 'session_stalled')
  while (stalled().length < MISSING_SESSIONS && performance.now() < until) await sleep(100)
  const delays = stalled().map(({ occurred_at, receivedAt }) => receivedAt - Date.parse(occurred_at))
  for (const child of fleet) child.kill()
  await hub.stop()
  await receiver.close()
  const worst = Math.max(...delays)
  return {
    what: `overdue → accepted by a webhook, ${SESSIONS.toLocaleString('en')} live sessions, grouping ${GROUP_MS / 1000} s`,
    measured: `median ${milliseconds(median(delays))}, worst of ${delays.length} ${milliseconds(worst)}`,
    reference: 'the due moment',
    target: `≤ 3 s and the grouping`,
    reached: delays.length === MISSING_SESSIONS ? worst <= 3_000 + GROUP_MS : false,
  }
}

/** As the last hub would have left it: else the time before counts as missed, and nothing is overdue for half an hour. */
async function noteListened(folder: string): Promise<void> {
  const store = openSqliteStore({ folder, prices: defaultPriceTable() })
  await store.listening.noteUntil(Date.now())
  await store.close()
}

async function storm(folder: string): Promise<Row> {
  const receiver = await openReceiver()
  const hub = await startHub(folder, { STALL_THRESHOLD_MS: String(NEVER_MS) })
  await addChannel(hub, receiver.url)
  const ids = await createSessions(hub, SESSIONS)
  const began = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (next < ids.length) {
        const id = ids[next++]
        const answer = await fetch(`${hub.url}/sessions/${id}/mark-failed`, { method: 'POST', headers, body: '{"reason":"bench"}' })
        if (!answer.ok) throw new Error(`the hub answered ${answer.status}`)
        await answer.arrayBuffer()
      }
    }),
  )
  const failedIn = performance.now() - began
  await sleep(Math.max(0, 60_000 - failedIn))
  const messages = receiver.messages()
  await hub.stop()
  await receiver.close()
  return {
    what: `${SESSIONS.toLocaleString('en')} sessions fail: messages of one channel in the first minute`,
    measured: `${messages}`,
    reference: `all failed within ${milliseconds(failedIn)}`,
    target: '≤ 3',
    reached: messages > 0 && messages <= 3,
  }
}

/** In turns: the speed of a shared machine changes within seconds. */
async function heartbeatCost(withFolder: string, withoutFolder: string): Promise<Row> {
  const hubs = [await startHub(withFolder), await startHub(withoutFolder, { ALERTS: 'false' })] as const
  const paths = await Promise.all(hubs.map(async (hub) => (await createSessions(hub, 128)).map((id) => `/sessions/${id}/heartbeat`)))
  const ratios: number[] = []
  for (let turn = 0; turn < HEARTBEAT_TURNS; turn++) {
    const rates: number[] = []
    for (const [index, hub] of hubs.entries()) {
      const { requests, seconds } = await load({
        connections: 32,
        ms: TURN_MS,
        body: '{}',
        headers,
        port: portOf(hub),
        paths: paths[index]!,
      })
      rates.push(requests / seconds)
    }
    // The first one warms up.
    if (turn > 0) ratios.push(rates[0]! / rates[1]!)
  }
  for (const hub of hubs) await hub.stop()
  const ratio = median(ratios)
  return {
    what: 'durable heartbeats with alerts',
    measured: `${ratio.toFixed(2)} of those without, median of ${ratios.length} turns`,
    reference: 'ALERTS=false',
    target: '≥ 0.95 of it',
    reached: ratio >= 0.95,
  }
}

async function idleCost(folder: string): Promise<Row> {
  const rules: Rules = { stallMs: NEVER_MS, machineOfflineMs: 600_000, stalledFailMs: 86_400_000 }
  await makeSessions(folder, { live: SESSIONS, ended: 0 }, rules, Date.now())
  const env = { STALL_THRESHOLD_MS: String(NEVER_MS), MACHINE_OFFLINE_MS: '604800000' }
  const shareOf = async (more: Record<string, string>) => {
    const hub = await startHub(folder, { ...env, ...more })
    await sleep(15_000)
    const [cpu, at] = [cpuMsOf(hub.pid), performance.now()]
    await sleep(IDLE_MS)
    const share = (cpuMsOf(hub.pid) - cpu) / (performance.now() - at)
    await hub.stop()
    return share
  }
  const without = await shareOf({ ALERTS: 'false' })
  const withAlerts = await shareOf({})
  const cost = withAlerts - without
  return {
    what: `idle cost of alerts with ${SESSIONS.toLocaleString('en')} live sessions`,
    measured: `${(cost * 100).toFixed(2)} % of a core`,
    reference: `a hub without them ${(without * 100).toFixed(2)} %`,
    target: '≤ 0.5 %',
    reached: cost <= 0.005,
  }
}

async function closedList(folder: string): Promise<Row> {
  const store = openSqliteStore({ folder, prices: defaultPriceTable() })
  const now = Date.now()
  for (let n = 0; n < CLOSED_ALERTS; n += 1_000) {
    const alerts = Array.from({ length: 1_000 }, (_, index) => {
      const at = now - (CLOSED_ALERTS - n - index) * 1_000
      const id = `a_${n + index}`
      const about = { session_id: `s_${(n + index) % 5_000}`, machine_id: `machine-${(n + index) % 100}` }
      return someAlert({ alert_id: id, subject: id, about, state: 'closed', created_at: at, opened_at: at, closed_at: at + 500 })
    })
    await store.alerts.write(
      alerts.map((alert) => ({ alert, events: [] })),
      { now },
    )
  }
  await store.close()
  const hub = await startHub(folder)
  const queries = ['', '?state=closed', '?kind=session_stalled', '?severity=warning&limit=100', '?machine_id=machine-7', '?session_id=s_42']
  const times: number[] = []
  for (let n = 0; n < 300; n++) {
    const began = performance.now()
    const answer = await fetch(`${hub.url}/api/alerts${queries[n % queries.length]}`, { headers })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`the hub answered ${answer.status}`)
    if (n >= queries.length * 5) times.push(performance.now() - began)
  }
  await hub.stop()
  const p99 = percentile(times, 99)
  return {
    what: `list of alerts over ${CLOSED_ALERTS.toLocaleString('en')} closed ones, six filters`,
    measured: `p50 ${milliseconds(median(times))}, p99 ${milliseconds(p99)}`,
    reference: '',
    target: 'p99 ≤ 15 ms',
    reached: p99 <= 15,
  }
}

async function addChannel(hub: RunningHub, url: string): Promise<void> {
  const body = JSON.stringify({ kind: 'webhook', name: 'bench', config: { url } })
  const answer = await fetch(`${hub.url}/api/channels`, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`the hub answered ${answer.status}: ${await answer.text()}`)
}

interface ReceivedItem {
  readonly kind: string
  readonly occurred_at: string
  readonly receivedAt: number
}

async function openReceiver() {
  const items: ReceivedItem[] = []
  let messages = 0
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.end('ok')
      messages++
      const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: { alerts: Omit<ReceivedItem, 'receivedAt'>[] } }
      for (const { kind, occurred_at } of data.alerts) items.push({ kind, occurred_at, receivedAt: Date.now() })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    items,
    messages: () => messages,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
