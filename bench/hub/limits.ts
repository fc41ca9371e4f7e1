import { fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { withSamples } from '../../apps/hub/src/limits/day-hours.ts'
import { samplesOf, type WindowSample } from '../../apps/hub/src/limits/window-samples.ts'
import { openSqliteStore } from '../../apps/hub/src/store/sqlite/open.ts'
import { median, milliseconds, percentile, type Row } from '../table.ts'
import { headers, startHub } from './hub-process.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SESSION = 5 * HOUR
const DAYS = 400
const RETENTION_DAYS = 7
const SNAPSHOT_INTERVAL = 5 * MINUTE
const ROUNDS = 2000
const POSTS = 60
const route = '/api/claude/console-usage'

/** Measures reads of the current limits and of the history over 400 days, and the time from a POST to its event. */
export async function hubLimits(): Promise<Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  const bare = fork(path.join(import.meta.dirname, 'bare-get.ts'))
  try {
    const [{ port }] = (await once(bare, 'message')) as [{ port: number }]
    await fill(folder)
    const hub = await startHub(folder, { LIMIT_MIRROR: 'false' })
    const ask = async (url: string) => {
      const started = performance.now()
      const answer = await fetch(url, { headers: { ...headers, 'accept-encoding': 'identity' } })
      const text = await answer.text()
      const took = performance.now() - started
      if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 200)}`)
      return { took, text }
    }
    const times = async (url: string, rounds: number) => {
      const all: number[] = []
      for (let n = 0; n < rounds; n++) all.push((await ask(url)).took)
      return all
    }
    const reference = `http://127.0.0.1:${port}/`
    const current = `${hub.url}${route}`
    await times(current, 500)
    await times(reference, 500)
    const before = await times(reference, ROUNDS / 2)
    const gets = await times(current, ROUNDS)
    const after = await times(reference, ROUNDS / 2)
    const bareGets = [...before, ...after]

    const all = `${current}/history?since=${new Date(Date.now() - DAYS * DAY).toISOString()}&points=500`
    const { text } = await ask(all)
    const { series } = JSON.parse(text) as { series: { points: unknown[] }[] }
    if (series.length !== 4 || series.some(({ points }) => points.length > 500)) throw new Error(`the history has ${series.length} series`)
    await times(all, 10)
    const histories = await times(all, 50)
    const week = await times(`${current}/history`, 30)

    const delays = await measureEvents(hub.url)
    await hub.stop()
    const from = `bare Fastify GET p50 ${milliseconds(median(bareGets))}, p99 ${milliseconds(percentile(bareGets, 99))}`
    return [
      {
        what: `\`GET ${route}\`, 400 days of history`,
        measured: `p50 ${milliseconds(median(gets))}, p99 ${milliseconds(percentile(gets, 99))}`,
        reference: from,
        target: 'p99 ≤ 5 ms',
        reached: percentile(gets, 99) <= 5,
      },
      {
        what: 'the history of 400 days in 500 points, four windows',
        measured: `p50 ${milliseconds(median(histories))}, p99 ${milliseconds(percentile(histories, 99))}`,
        reference: from,
        target: '≤ 50 ms',
        reached: median(histories) <= 50,
        note: `${(text.length / 1024).toFixed(0)} KiB; of the last seven days from ${(RETENTION_DAYS * DAY) / SNAPSHOT_INTERVAL} snapshots p50 ${milliseconds(median(week))}`,
      },
      {
        what: `\`POST ${route}\` → \`limits.snapshot\` on an open \`/events\``,
        measured: `p50 ${milliseconds(median(delays))}, worst of ${POSTS} ${milliseconds(Math.max(...delays))}`,
        reference: from,
        target: '≤ 1 s, to the card',
        reached: Math.max(...delays) <= 1000,
      },
    ]
  } finally {
    bare.kill()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function measureEvents(url: string): Promise<number[]> {
  const end = new AbortController()
  const stream = await fetch(`${url}/events?types=limits.snapshot`, { headers, signal: end.signal })
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  await reader.read()
  const took: number[] = []
  for (let n = 0; n < POSTS; n++) {
    const lastUpdated = new Date().toISOString()
    const started = performance.now()
    const sending = fetch(`${url}${route}`, { method: 'POST', headers, body: JSON.stringify(snapshotAt(Date.parse(lastUpdated))) })
    let text = ''
    while (!text.includes(lastUpdated)) text += (await reader.read()).value ?? ''
    took.push(performance.now() - started)
    const answer = await sending
    if (!answer.ok) throw new Error(`the hub answered ${answer.status}: ${await answer.text()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  end.abort()
  return took
}

/** Fills the store as after 400 days: every snapshot of the last seven, and hourly samples of all. */
export async function fill(folder: string): Promise<void> {
  const now = Math.floor(Date.now() / SNAPSHOT_INTERVAL) * SNAPSHOT_INTERVAL
  const store = openSqliteStore({ folder, prices: defaultPriceTable() })
  const samplesByDay = new Map<string, WindowSample[]>()
  for (let at = now - DAYS * DAY; at < now - RETENTION_DAYS * DAY; at += SNAPSHOT_INTERVAL) {
    for (const sample of samplesOf(snapshotAt(at))) {
      const key = `${sample.key} ${sample.day}`
      const list = samplesByDay.get(key)
      if (list === undefined) samplesByDay.set(key, [sample])
      else list.push(sample)
    }
  }
  const rows = [...samplesByDay.values()].map((samples) => ({
    account: '',
    window: samples[0]!.key,
    day: samples[0]!.day,
    hours: withSamples(
      undefined,
      samples.map(({ sample }) => sample),
    )!,
  }))
  await store.copy.load({ kind: 'series', rows }, 'bench', now)
  const writes: Promise<unknown>[] = []
  for (let at = now - RETENTION_DAYS * DAY; at < now; at += SNAPSHOT_INTERVAL) writes.push(store.limits.put(snapshotAt(at), { now }))
  await Promise.all(writes)
  // Makes the plan older than its stored snapshots, so that the history needs the thinned series.
  await store.copy.load({ kind: 'plans', rows: [{ account: '', created: (DAYS * DAY) / SNAPSHOT_INTERVAL, windows: [] }] }, 'bench', now)
  await store.close()
}

/** A snapshot with four windows that fill and reset as those of a busy developer do. */
function snapshotAt(at: number): SnapshotBody {
  const window = (length: number, maxPercent: number) => {
    const start = Math.floor(at / length) * length
    return {
      percentageUsed: Math.round(((at - start) / length) * maxPercent * 10) / 10,
      resetsIn: '2 hr 5 min',
      resetsAt: new Date(start + length).toISOString(),
    }
  }
  return {
    lastUpdated: new Date(at).toISOString(),
    currentSession: window(SESSION, 60 + (Math.floor(at / SESSION) % 40)),
    weeklyLimits: {
      allModels: window(7 * DAY, 70),
      sonnetOnly: { ...window(7 * DAY, 30), label: 'Sonnet only' },
      fableOnly: { ...window(7 * DAY, 90), label: 'Fable only' },
    },
    planInfo: { name: 'Max', tier: '20x' },
    source: 'console',
    machine_id: 'laptop',
    idempotencyKey: `bench-${at}`,
  }
}
