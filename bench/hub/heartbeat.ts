import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { median, milliseconds, type Row } from '../table.ts'
import { headers, type RunningHub, startHub } from './hub-process.ts'
import type { Load, LoadResult } from './post-load.ts'

const here = import.meta.dirname
const CONNECTIONS = 32
/** The hub and the reference take turns of this length: the speed of a shared machine changes within seconds. */
const TURN_MS = 1500
const TURNS = 8

/** Sends heartbeats as fast as they are answered, in turns with a bare Fastify POST. */
export async function hubHeartbeat(): Promise<Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  const bare = fork(path.join(here, 'bare-post.ts'))
  try {
    const [{ port }] = (await once(bare, 'message')) as [{ port: number }]
    const hub = await startHub(folder)
    const ids = await createSessions(hub, CONNECTIONS * 4)
    const turn = { connections: CONNECTIONS, ms: TURN_MS, body: '{}', headers }
    const sendHeartbeats = () => load({ ...turn, port: portOf(hub), paths: ids.map((id) => `/sessions/${id}/heartbeat`) })
    const askReference = () => load({ ...turn, port, paths: ['/sessions/x/heartbeat'] })
    await sendHeartbeats()
    await askReference()
    const heartbeats: LoadResult[] = []
    const references: LoadResult[] = []
    for (let count = 0; count < TURNS; count++) {
      references.push(await askReference())
      heartbeats.push(await sendHeartbeats())
    }
    await hub.stop()
    const refused = heartbeats.reduce((sum, { refused }) => sum + refused, 0)
    if (refused > 0) throw new Error(`${refused} heartbeats were refused`)
    const share = median(heartbeats.map((own, turn) => rateOf(own) / rateOf(references[turn]!)))
    const p99 = median(heartbeats.map(({ p99 }) => p99))
    return [
      {
        what: 'durable heartbeats, 32 connections, SQLite',
        measured: `${thousands(median(heartbeats.map(rateOf)))}/s, ${share.toFixed(2)} of it in the median of ${TURNS} turns, p99 ${milliseconds(p99)}`,
        reference: `bare Fastify POST ${thousands(median(references.map(rateOf)))}/s, p99 ${milliseconds(median(references.map(({ p99 }) => p99)))}`,
        target: '0.65 of it; p99 ≤ 20 ms',
        reached: share >= 0.65 && p99 <= 20,
      },
    ]
  } finally {
    bare.kill()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

function rateOf({ requests, seconds }: LoadResult): number {
  return requests / seconds
}

export function portOf(hub: RunningHub): number {
  return Number(new URL(hub.url).port)
}

/** Creates sessions, a hundred on each machine. @returns their ids */
export async function createSessions(hub: RunningHub, count: number, more: object = {}): Promise<string[]> {
  const ids: string[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (next < count) {
        const n = next++
        const body = JSON.stringify({ project_id: `project-${n % 100}`, machine_id: `machine-${n % Math.ceil(count / 100)}`, ...more })
        const answer = await fetch(`${hub.url}/sessions`, { method: 'POST', headers, body })
        if (answer.status !== 201) throw new Error(`the hub answered ${answer.status}: ${await answer.text()}`)
        ids.push(((await answer.json()) as { session_id: string }).session_id)
      }
    }),
  )
  return ids
}

export async function load(load: Load): Promise<LoadResult> {
  const child: ChildProcess = fork(path.join(here, 'post-load.ts'))
  child.send(load)
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the load ended with ${code}, without a result`)))
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [LoadResult]
  ended.catch(() => {})
  child.kill()
  return result
}

function thousands(rate: number): string {
  return `${(rate / 1000).toFixed(1)}k`
}
