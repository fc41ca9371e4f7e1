import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { cpuMsOf, memoryOf } from '../../test/support/process-usage.ts'
import { measureRow } from '../measure-row.ts'
import { milliseconds, percentile, type Row } from '../table.ts'
import { ask } from './ask.ts'
import { createSessions, load, portOf } from './heartbeat.ts'
import { benchKey, headers, type RunningHub, startHub } from './hub-process.ts'
import type { MixedLoad, MixedResult } from './mixed-load.ts'
import type { Load } from './post-load.ts'

/** People who work at the same moment. */
const TEAMS = [10, 100, 500, 1_000, 2_000]
/** What each of them does. */
const SESSIONS_EACH = 3
const HEARTBEAT_INTERVAL_S = 15
/** A collector sends what was written since, every second while a session works: about one in three does. */
const CALLS_PER_REQUEST = 4
const CALL_REQUESTS_PER_PERSON_S = 0.2
const CHANGES_PER_PERSON_S = 0.02
const STREAMS_PER_PERSON = 0.5
const PAGES_PER_PERSON_S = 1 / 120

const WARM_UP_MS = 5_000
const MEASURED_MS = 30_000
const LONGEST_MS = 300_000
/** What people call slow. */
const P99_MS = 250

/**
 * A team at its hub: heartbeats, calls, changes of sessions, event streams and pages at once, larger with each row. The rates
 * are fixed, so a row says how much of a core they take and how long they wait.
 */
export async function hubLoad(only?: string): Promise<Row[]> {
  const rows: Row[] = []
  for (const people of TEAMS) {
    if (only !== undefined && only !== String(people)) continue
    rows.push(await measureRow(`load of ${people} people`, LONGEST_MS, () => measureTeam(people)))
  }
  return rows
}

async function measureTeam(people: number): Promise<Row> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  const bare = fork(path.join(import.meta.dirname, 'bare-post.ts'))
  try {
    const [{ port }] = (await once(bare, 'message')) as [{ port: number }]
    const hub = await startHub(folder)
    const sessionIds = await createSessions(hub, people * SESSIONS_EACH)
    await ask(hub, 'POST', '/api/claude/console-usage', {
      lastUpdated: new Date().toISOString(),
      currentSession: { percentageUsed: 41, resetsAt: new Date(Date.now() + 3_600_000).toISOString() },
      source: 'console',
      machine_id: 'machine-0',
    })
    const heartbeats = { connections: 32, body: '{}', headers, rate: sessionIds.length / HEARTBEAT_INTERVAL_S }
    const mixed: Omit<MixedLoad, 'ms'> = {
      port: portOf(hub),
      key: benchKey,
      streams: Math.ceil(people * STREAMS_PER_PERSON),
      rates: {
        calls: people * CALL_REQUESTS_PER_PERSON_S,
        changes: people * CHANGES_PER_PERSON_S,
        pages: people * PAGES_PER_PERSON_S,
      },
      callsPerRequest: CALLS_PER_REQUEST,
      sessionIds,
    }
    const run = (ms: number) =>
      Promise.all([
        load({ ...heartbeats, ms, port: portOf(hub), paths: sessionIds.map((id) => `/sessions/${id}/heartbeat`) }),
        sendMixed({ ...mixed, ms }),
      ])
    await run(WARM_UP_MS)
    const before = { cpu: cpuMsOf(hub.pid), at: performance.now(), commits: await commitsOf(hub) }
    const [sent, { took, failures }] = await run(MEASURED_MS)
    const ms = performance.now() - before.at
    const cpu = cpuMsOf(hub.pid) - before.cpu
    const commits = (await commitsOf(hub)) - before.commits
    const memory = memoryOf(hub.pid)
    await hub.stop()
    const failed = sent.refused + failures.length
    const reference = await bareCpu(bare, { ...heartbeats, ms: MEASURED_MS / 3, port })
    const { rates, streams } = mixed
    const p99 = (kind: keyof typeof took) => percentile(took[kind], 99)
    const slowest = Math.max(sent.p99, p99('calls'), p99('changes'), p99('pages'), p99('events'))
    // Where the hub has to wait for a core, the same work takes longer: what counts is the work of so many seconds.
    const share = cpu / MEASURED_MS
    return {
      what: `${people.toLocaleString('en')} people: ${sessionIds.length.toLocaleString('en')} sessions, ${count(heartbeats.rate)} heartbeats/s, ${count(rates.calls * CALLS_PER_REQUEST)} calls/s, ${streams.toLocaleString('en')} event streams, ${count(rates.pages)} pages/s`,
      measured: `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} % of a core, ${Math.round(memory / 1e6)} MB, ${Math.round(commits / (ms / 1000))} commits/s; p99 of a heartbeat ${milliseconds(sent.p99)}, calls ${milliseconds(p99('calls'))}, a change ${milliseconds(p99('changes'))}, its event ${milliseconds(p99('events'))}, a page ${milliseconds(p99('pages'))}${failed === 0 ? '' : `; ${failed} requests failed: ${failures[0] ?? 'heartbeats were refused'}`}`,
      reference: `bare Fastify POST, the heartbeats alone: ${(reference.share * 100).toFixed(1)} % of a core, p99 ${milliseconds(reference.p99)}`,
      target: `≤ 80 % of a core, p99 ≤ ${P99_MS} ms`,
      reached: failed === 0 && share <= 0.8 && slowest <= P99_MS,
    }
  } finally {
    bare.kill()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function bareCpu(bare: ChildProcess, options: Omit<Load, 'paths'>) {
  const before = { cpu: cpuMsOf(bare.pid!), at: performance.now() }
  const { p99 } = await load({ ...options, paths: ['/sessions/x/heartbeat'] })
  return { share: (cpuMsOf(bare.pid!) - before.cpu) / (performance.now() - before.at), p99 }
}

async function sendMixed(mixed: MixedLoad): Promise<MixedResult> {
  const child = fork(path.join(import.meta.dirname, 'mixed-load.ts'))
  try {
    child.send(mixed)
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the load ended with ${code}, without a result`)))
    ended.catch(() => {})
    const [result] = (await Promise.race([once(child, 'message'), ended])) as [MixedResult]
    return result
  } finally {
    child.kill()
  }
}

/** Commits so far, as `/metrics` counts them. */
async function commitsOf({ url }: RunningHub): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers })).text()
  return Number(/^signalbox_store_write_seconds_count(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? Number.NaN)
}

function count(rate: number): string {
  return rate.toLocaleString('en', { maximumFractionDigits: rate < 10 ? 1 : 0 })
}
