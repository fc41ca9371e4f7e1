import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import type { Rules } from '../../apps/hub/src/state/held.ts'
import { archiveSession, createSession, deleteSession, markFailed } from '../../apps/hub/src/state/session.ts'
import { openSqliteStore } from '../../apps/hub/src/store/sqlite/open.ts'
import { median, milliseconds, percentile, type Row } from '../table.ts'
import { load, portOf } from './heartbeat.ts'
import { headers, type RunningHub, startHub } from './hub-process.ts'

const LIVE = 10_000
const BEAT_MS = 15_000
const MINUTE = 60_000

/** Ten thousand sessions that beat every 15 s for a minute, and one that falls silent among them. */
export async function hubFleet(): Promise<Row[]> {
  const room = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  const rules: Rules = { stallMs: MINUTE, machineOfflineMs: 10 * MINUTE }
  try {
    const ids = await makeSessions(room, { live: LIVE, ended: 0 }, rules, Date.now())
    const hub = await startHub(room, { STALL_THRESHOLD_MS: String(rules.stallMs) })
    const paths = ids.map((id) => `/sessions/${id}/heartbeat`)
    const beat = (ms: number) => load({ port: portOf(hub), connections: 64, ms, paths, body: '{}', headers, rate: LIVE / (BEAT_MS / 1000) })
    await beat(20_000)
    const before = { cpu: cpuOf(hub.pid), memory: memoryOf(hub.pid), at: performance.now() }
    const beats = await beat(MINUTE)
    const share = (cpuOf(hub.pid) - before.cpu) / (performance.now() - before.at)
    const grown = memoryOf(hub.pid) - before.memory
    const late = await silence(hub, paths, rules.stallMs)
    await hub.stop()
    if (beats.refused > 0) throw new Error(`${beats.refused} heartbeats were refused`)
    return [
      {
        what: `${LIVE.toLocaleString('en')} sessions beating every ${BEAT_MS / 1000} s for a minute`,
        measured: `${(share * 100).toFixed(0)} % of one core, p99 ${milliseconds(beats.p99)}, memory ${mega(before.memory)} ${grown < 0 ? '-' : '+'} ${mega(Math.abs(grown))}`,
        reference: `${Math.round(beats.requests / beats.seconds)} beats/s`,
        least: '≤ 20 % of one core, p99 ≤ 20 ms, memory flat',
        reached: share <= 0.2 && beats.p99 <= 20 && grown < 30e6,
      },
      {
        what: `overdue → transition stored and on an open \`/events\`, with ${LIVE.toLocaleString('en')} live sessions`,
        measured: `median ${milliseconds(median(late))}, worst of ${late.length} ${milliseconds(Math.max(...late))}`,
        reference: 'the due moment',
        least: '≤ 3 s',
        reached: Math.max(...late) <= 3000,
      },
    ]
  } finally {
    fs.rmSync(room, { recursive: true, force: true })
  }
}

/** Lists and single answers over 100,000 sessions, and how much longer such a store takes to open. */
export async function hubSessions(cache: string): Promise<Row[]> {
  const rules: Rules = { stallMs: 300_000, machineOfflineMs: 600_000 }
  const folder = path.join(cache, 'hub-sessions-2')
  if (!fs.existsSync(folder)) {
    fs.rmSync(`${folder}.making`, { recursive: true, force: true })
    console.error('bench: making a store of 100,000 sessions …')
    await makeSessions(`${folder}.making`, { live: LIVE, ended: 90_000 }, rules, Date.now())
    fs.renameSync(`${folder}.making`, folder)
  }
  const empty = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  try {
    const starts = { empty: [] as number[], full: [] as number[] }
    for (let n = 0; n < 5; n++) {
      starts.empty.push(await startTime(empty))
      starts.full.push(await startTime(folder))
    }
    const more = median(starts.full) - median(starts.empty)
    const hub = await startHub(folder)
    const ask = async (at: string) => {
      const began = performance.now()
      const answer = await fetch(`${hub.url}${at}`, { headers: { ...headers, 'accept-encoding': 'identity' } })
      const text = await answer.text()
      if (answer.status !== 200) throw new Error(`the hub answered ${answer.status}: ${text.slice(0, 200)}`)
      return { took: performance.now() - began, text }
    }
    const [first] = JSON.parse((await ask('/sessions?status=active&limit=1')).text) as { session_id: string }[]
    const asked: Record<string, string[]> = {
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
    for (const [name, addresses] of Object.entries(asked)) {
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
        least: 'p99 ≤ 15 ms',
        reached: worst <= 15,
      },
      {
        what: 'start on a store of 100,000 sessions',
        measured: `${milliseconds(median(starts.full))}, ${milliseconds(Math.max(0, more))} more`,
        reference: `an empty one ${milliseconds(median(starts.empty))}`,
        least: '≤ 1 s more',
        reached: more <= 1000,
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

/** Straight into the store: over HTTP it would take minutes. @returns ids of the live ones */
async function makeSessions(
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
        const made = now - (live + ended - at) * 10
        const body = { session_id: id, project_id: `project-${at % 100}`, machine_id, metadata: { branch: 'main', n: at } }
        await store.sessions.change(id, { machine: { id: machine_id } }, { now: made }, (held) =>
          createSession(held, body, undefined, made, rules),
        )
        if (at >= ended) return ids.push(id)
        await store.sessions.change(id, { tasks: true }, { now: made }, (held) =>
          at % 3 === 0 ? markFailed(held, { reason: 'bench' }, made, id) : deleteSession(held, undefined, made, id),
        )
        if (at % 2 === 0) await store.sessions.change(id, {}, { now: made }, (held) => archiveSession(held, made, id))
      }),
    )
  }
  await store.close()
  return ids
}

/** Sessions fall silent one after the other while all others beat. @returns milliseconds from each due moment to the open stream */
async function silence(hub: RunningHub, paths: readonly string[], stallMs: number): Promise<number[]> {
  const end = new AbortController()
  const stream = await fetch(`${hub.url}/events?types=session.status`, { headers, signal: end.signal })
  const silent = 5
  const going = load({
    port: portOf(hub),
    connections: 64,
    ms: stallMs + 8000,
    paths: paths.slice(silent),
    body: '{}',
    headers,
    rate: LIVE / (BEAT_MS / 1000),
  })
  const late: number[] = []
  let text = ''
  for await (const bytes of stream.body!) {
    const heard = Date.now()
    text += Buffer.from(bytes).toString()
    const events = text.split('\n\n')
    text = events.pop()!
    for (const event of events) {
      const [, due] = /"occurred_at":"([^"]+)"/.exec(event) ?? []
      if (due !== undefined && event.includes('"stalled"')) late.push(heard - Date.parse(due))
    }
    if (late.length >= silent) break
  }
  end.abort()
  await going
  return late
}

/** Milliseconds of processor time so far. */
function cpuOf(pid: number): number {
  const [, rest = ''] = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const fields = rest.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function memoryOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

function mega(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}
