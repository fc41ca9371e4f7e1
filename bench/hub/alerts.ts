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
import { measureRow } from '../measure-row.ts'
import { median, milliseconds, percentile, type Row } from '../table.ts'
import { ask } from './ask.ts'
import { makeSessions, send, startFleet } from './fleet.ts'
import { createSessions, load, portOf } from './heartbeat.ts'
import { headers, type RunningHub, startHub } from './hub-process.ts'
import { waitingToWebPush } from './web-push.ts'

const SESSIONS = 10_000
const MISSING_SESSIONS = 5
const GROUP_MS = 1_000
const CLOSED_ALERTS = 100_000
const HEARTBEAT_TURNS = 6
const TURN_MS = 1_500
const IDLE_MS = 60_000
const STORM_MS = 60_000
/** Beyond any measurement: nothing stalls. */
const NEVER_MS = 86_400_000

/**
 * What alerts add to a hub: delay, messages of a storm, and cost. Takes about eight minutes, most of which are waits.
 * @param only one row, by its name
 */
export async function hubAlerts(only?: string): Promise<Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  const inFolder = (name: string) => path.join(folder, name)
  const rows: [name: string, longestMs: number, measure: () => Promise<Row>][] = [
    ['overdue', 360_000, () => overdueToWebhook(inFolder('overdue'))],
    ['web-push', 180_000, () => waitingToWebPush(inFolder('web-push'))],
    ['storm', 300_000, () => storm(inFolder('storm'))],
    ['heartbeat', 180_000, () => heartbeatCost(inFolder('with'), inFolder('without'))],
    ['idle', 360_000, () => idleCost(inFolder('idle'))],
    ['closed', 240_000, () => closedList(inFolder('closed'))],
  ]
  const wanted = rows.filter(([name]) => only === undefined || name === only)
  if (wanted.length === 0) throw new Error(`there is no row ${only}; the rows are ${rows.map(([name]) => name).join(', ')}`)
  try {
    const measured: Row[] = []
    for (const [name, longestMs, measure] of wanted) measured.push(await measureRow(`hub-alerts, ${name}`, longestMs, measure))
    return measured
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
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
  if (delays.length < MISSING_SESSIONS) throw new Error(`${delays.length} of ${MISSING_SESSIONS} stalled sessions reached the webhook`)
  return {
    what: `overdue → accepted by a webhook, ${SESSIONS.toLocaleString('en')} live sessions, grouping ${GROUP_MS / 1000} s`,
    measured: `median ${milliseconds(median(delays))}, worst of ${delays.length} ${milliseconds(worst)}`,
    reference: 'the due moment',
    target: `≤ 3 s and the grouping`,
    reached: worst <= 3_000 + GROUP_MS,
  }
}

/** As the last hub would have left it: else the time before counts as missed, and nothing is overdue for half an hour. */
async function noteListened(folder: string): Promise<void> {
  const store = openSqliteStore({ folder, prices: defaultPriceTable() })
  await store.listening.noteUntil(Date.now())
  await store.close()
}

async function storm(folder: string): Promise<Row> {
  const rules: Rules = { stallMs: NEVER_MS, machineOfflineMs: 600_000, stalledFailMs: 86_400_000 }
  const ids = await makeSessions(folder, { live: SESSIONS, ended: 0 }, rules, Date.now())
  await noteListened(folder)
  const receiver = await openReceiver()
  const hub = await startHub(folder, { STALL_THRESHOLD_MS: String(NEVER_MS), MACHINE_OFFLINE_MS: '604800000' })
  await addChannel(hub, receiver.url)
  const began = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (next < ids.length) {
        const id = ids[next++]
        await ask(hub, 'POST', `/sessions/${id}/mark-failed`, { reason: 'bench' })
      }
    }),
  )
  const failedIn = performance.now() - began
  await sleep(Math.max(0, STORM_MS - failedIn))
  const [first = 0] = receiver.times
  const messages = receiver.times.filter((at) => at - first < STORM_MS).length
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
    await ask(hub, 'GET', `/api/alerts${queries[n % queries.length]}`)
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
  await ask(hub, 'POST', '/api/channels', { kind: 'webhook', name: 'bench', config: { url } })
}

interface ReceivedItem {
  readonly kind: string
  readonly occurred_at: string
  readonly receivedAt: number
}

async function openReceiver() {
  const items: ReceivedItem[] = []
  const times: number[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.end('ok')
      times.push(Date.now())
      const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: { alerts: Omit<ReceivedItem, 'receivedAt'>[] } }
      for (const { kind, occurred_at } of data.alerts) items.push({ kind, occurred_at, receivedAt: Date.now() })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    items,
    times,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
