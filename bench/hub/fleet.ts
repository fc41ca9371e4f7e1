import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import type { Rules } from '../../apps/hub/src/state/change-set.ts'
import { archiveSession, createSession, deleteSession } from '../../apps/hub/src/state/session.ts'
import { markFailed } from '../../apps/hub/src/state/session-failure.ts'
import { openSqliteStore } from '../../apps/hub/src/store/sqlite/open.ts'
import { cpuMsOf, memoryOf } from '../../test/support/process-usage.ts'
import { median, milliseconds, percentile, type Row } from '../table.ts'
import { BUCKET_MS, type FleetCommand, type FleetReport } from './client-fleet.ts'
import { benchKey, headers, type RunningHub, startHub } from './hub-process.ts'

const LIVE_SESSIONS = 10_000
const HEARTBEAT_INTERVAL_MS = 15_000
/** The hub's heap grows for about a minute and a half after the first heartbeat, and stays there. */
const WARM_UP_MS = 95_000
const MEASURED_MS = 60_000
/** Processes of the fleet: the cost of the clients must not count as the hub's. */
const FLEET_PROCESSES = 2
/** Sessions that stop sending heartbeats while all others go on. */
const MISSING_SESSIONS = 5

/** Ten thousand sessions send a heartbeat every 15 s for a minute, with our own client; then five of them stop. */
export async function hubFleet(): Promise<Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  const rules: Rules = { stallMs: 60_000, machineOfflineMs: 600_000, stalledFailMs: 86_400_000 }
  try {
    const ids = await makeSessions(folder, { live: LIVE_SESSIONS, ended: 0 }, rules, Date.now())
    const hub = await startHub(folder, { STALL_THRESHOLD_MS: String(rules.stallMs) })
    const fleet = startFleet(hub.url, ids)
    await sleep(WARM_UP_MS)
    for (const child of fleet) send(child, { clear: true })
    const before = { cpu: cpuMsOf(hub.pid), memory: memoryOf(hub.pid), at: performance.now() }
    await sleep(MEASURED_MS)
    const seconds = (performance.now() - before.at) / 1000
    const share = (cpuMsOf(hub.pid) - before.cpu) / (seconds * 1000)
    const grown = memoryOf(hub.pid) - before.memory
    const reports = await Promise.all(fleet.map(readReport))
    const delays = await measureMissedHeartbeats(hub, fleet[0]!)
    for (const child of fleet) child.kill()
    await hub.stop()
    const failures = sum(reports.map((report) => report.failures))
    if (failures > 0) throw new Error(`${failures} heartbeats failed`)
    const p99 = percentileOf(reports, 0.99)
    return [
      {
        what: `${LIVE_SESSIONS.toLocaleString('en')} sessions sending a heartbeat every ${HEARTBEAT_INTERVAL_MS / 1000} s for a minute`,
        measured: `${(share * 100).toFixed(0)} % of one core, p99 ${milliseconds(p99)}, memory ${megabytes(before.memory)} ${grown < 0 ? '-' : '+'} ${megabytes(Math.abs(grown))}`,
        reference: `${Math.round(sum(reports.map((report) => report.heartbeats)) / seconds)} heartbeats/s`,
        target: '≤ 25 % of one core, p99 ≤ 20 ms, memory flat',
        reached: share <= 0.25 && p99 <= 20 && grown < 30e6,
      },
      {
        what: `overdue → transition stored and on an open \`/events\`, with ${LIVE_SESSIONS.toLocaleString('en')} live sessions`,
        measured: `median ${milliseconds(median(delays))}, worst of ${delays.length} ${milliseconds(Math.max(...delays))}`,
        reference: 'the due moment',
        target: '≤ 3 s',
        reached: Math.max(...delays) <= 3000,
      },
    ]
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

export function startFleet(url: string, ids: readonly string[]): ChildProcess[] {
  return Array.from({ length: FLEET_PROCESSES }, (_, process) => {
    const child = fork(path.join(import.meta.dirname, 'client-fleet.ts'))
    const sessionIds = ids.filter((_, index) => index % FLEET_PROCESSES === process)
    send(child, { start: { url, apiKey: benchKey, sessionIds, intervalMs: HEARTBEAT_INTERVAL_MS } })
    return child
  })
}

export function send(child: ChildProcess, command: FleetCommand): void {
  child.send(command)
}

async function readReport(child: ChildProcess): Promise<FleetReport> {
  send(child, { report: true })
  const [report] = (await once(child, 'message')) as [FleetReport]
  return report
}

/** @returns milliseconds within which a share of all heartbeats was answered */
function percentileOf(reports: readonly FleetReport[], share: number): number {
  const buckets = reports.flatMap(({ durations }) => durations).toSorted(([a], [b]) => a - b)
  let left = Math.ceil(sum(buckets.map(([, count]) => count)) * share)
  for (const [bucket, count] of buckets) {
    left -= count
    if (left <= 0) return (bucket + 1) * BUCKET_MS
  }
  return Number.NaN
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Lists and single answers over 100,000 sessions, and the start of the hub on such a store. */
export async function hubSessions(cache: string): Promise<Row[]> {
  const rules: Rules = { stallMs: 300_000, machineOfflineMs: 600_000, stalledFailMs: 86_400_000 }
  const folder = path.join(cache, 'hub-sessions-2')
  if (!fs.existsSync(folder)) {
    fs.rmSync(`${folder}.making`, { recursive: true, force: true })
    console.error('bench: creating a store of 100,000 sessions …')
    await makeSessions(`${folder}.making`, { live: LIVE_SESSIONS, ended: 90_000 }, rules, Date.now())
    fs.renameSync(`${folder}.making`, folder)
  }
  const empty = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  try {
    const starts = { empty: [] as number[], full: [] as number[] }
    for (let n = 0; n < 5; n++) {
      starts.empty.push(await startTime(empty))
      starts.full.push(await startTime(folder))
    }
    const longer = median(starts.full) - median(starts.empty)
    const hub = await startHub(folder)
    const ask = async (at: string) => {
      const began = performance.now()
      const answer = await fetch(`${hub.url}${at}`, { headers: { ...headers, 'accept-encoding': 'identity' } })
      const text = await answer.text()
      if (answer.status !== 200) throw new Error(`the hub answered ${answer.status}: ${text.slice(0, 200)}`)
      return { took: performance.now() - began, text }
    }
    const [first] = JSON.parse((await ask('/sessions?status=active&limit=1')).text) as { session_id: string }[]
    const requests: Record<string, string[]> = {
      list: [
        '/sessions?limit=100',
        '/sessions?status=active&status=paused&limit=100',
        '/sessions?project_id=project-7&limit=100&offset=500',
      ],
      health: [`/sessions/${first!.session_id}/health`],
      'by-project': ['/sessions/by-project/project-7', '/sessions/by-project/project-93'],
    }
    const p99s: string[] = []
    let worst = 0
    for (const [name, addresses] of Object.entries(requests)) {
      for (let n = 0; n < 30; n++) await ask(addresses[n % addresses.length]!)
      const times: number[] = []
      for (let n = 0; n < 300; n++) times.push((await ask(addresses[n % addresses.length]!)).took)
      const p99 = percentile(times, 99)
      worst = Math.max(worst, p99)
      p99s.push(`${name} p50 ${milliseconds(median(times))}, p99 ${milliseconds(p99)}`)
    }
    await hub.stop()
    return [
      {
        what: 'list, health, by-project over 100,000 sessions',
        measured: p99s.join('; '),
        reference: '',
        target: 'p99 ≤ 15 ms',
        reached: worst <= 15,
      },
      {
        what: 'start on a store of 100,000 sessions',
        measured: `${milliseconds(median(starts.full))}, ${milliseconds(Math.max(0, longer))} more`,
        reference: `an empty one ${milliseconds(median(starts.empty))}`,
        target: '≤ 1 s more',
        reached: longer <= 1000,
      },
    ]
  } finally {
    fs.rmSync(empty, { recursive: true, force: true })
  }
}

async function startTime(folder: string): Promise<number> {
  const began = performance.now()
  const hub = await startHub(folder)
  const ready = await fetch(`${hub.url}/health/ready`)
  if (ready.status !== 200) throw new Error(`the hub answered ${ready.status}`)
  await ready.text()
  const took = performance.now() - began
  await hub.stop()
  return took
}

/** Creates sessions in the store itself: over HTTP it would take minutes. @returns ids of the live ones */
export async function makeSessions(
  folder: string,
  { live, ended }: { live: number; ended: number },
  rules: Rules,
  now: number,
): Promise<string[]> {
  const store = openSqliteStore({ folder, prices: defaultPriceTable() })
  const ids: string[] = []
  for (let n = 0; n < live + ended; n += 500) {
    await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const at = n + index
        const id = crypto.randomUUID()
        const machine_id = `machine-${at % 100}`
        const createdAt = now - (live + ended - at) * 10
        const body = { session_id: id, project_id: `project-${at % 100}`, machine_id, metadata: { branch: 'main', n: at } }
        await store.sessions.change(id, { machine: { id: machine_id } }, { now: createdAt }, (state) =>
          createSession(state, body, undefined, createdAt, rules),
        )
        if (at >= ended) return ids.push(id)
        await store.sessions.change(id, { tasks: true }, { now: createdAt }, (state) =>
          at % 3 === 0
            ? markFailed(state, { reason: 'bench' }, createdAt, id)
            : deleteSession(state, { attempt: undefined, revision: undefined }, createdAt, id),
        )
        if (at % 2 === 0) await store.sessions.change(id, {}, { now: createdAt }, (state) => archiveSession(state, createdAt, id))
      }),
    )
  }
  await store.close()
  return ids
}

/** Stops some sessions while the others go on. @returns milliseconds from the due moment of each to its event on the open stream */
async function measureMissedHeartbeats(hub: RunningHub, child: ChildProcess): Promise<number[]> {
  const end = new AbortController()
  const stream = await fetch(`${hub.url}/events?types=session.status`, { headers, signal: end.signal })
  send(child, { stop: MISSING_SESSIONS })
  const delays: number[] = []
  let text = ''
  for await (const bytes of stream.body!) {
    const receivedAt = Date.now()
    text += Buffer.from(bytes).toString()
    const events = text.split('\n\n')
    text = events.pop()!
    for (const event of events) {
      const [, due] = /"occurred_at":"([^"]+)"/.exec(event) ?? []
      if (due !== undefined && event.includes('"stalled"')) delays.push(receivedAt - Date.parse(due))
    }
    if (delays.length >= MISSING_SESSIONS) break
  }
  end.abort()
  return delays
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}
