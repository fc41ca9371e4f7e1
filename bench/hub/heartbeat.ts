import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { milliseconds, type Row } from '../table.ts'
import { headers, type RunningHub, startHub } from './hub-process.ts'
import type { Load, LoadResult } from './post-load.ts'

const here = import.meta.dirname
const CONNECTIONS = 32
const LOAD_MS = 8000

/** Heartbeats as fast as they are answered, beside a bare Fastify POST: before and after, so that a slow spell slows both. */
export async function hubHeartbeat(): Promise<Row[]> {
  const room = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  const bare = fork(path.join(here, 'bare-post.ts'))
  try {
    const [{ port }] = (await once(bare, 'message')) as [{ port: number }]
    const reference = () => load({ port, connections: CONNECTIONS, ms: LOAD_MS / 2, paths: ['/sessions/x/heartbeat'], body: '{}', headers })
    const hub = await startHub(room)
    const ids = await sessions(hub, CONNECTIONS * 4)
    const paths = ids.map((id) => `/sessions/${id}/heartbeat`)
    const beat = (ms: number) => load({ port: portOf(hub), connections: CONNECTIONS, ms, paths, body: '{}', headers })
    await beat(2000)
    await reference()
    const before = await reference()
    const beats = await beat(LOAD_MS)
    const after = await reference()
    await hub.stop()
    if (beats.refused > 0) throw new Error(`${beats.refused} heartbeats were refused`)
    const rate = beats.requests / beats.seconds
    const bareRate = 2 / (before.seconds / before.requests + after.seconds / after.requests)
    return [
      {
        what: 'durable heartbeats, 32 connections, SQLite',
        measured: `${thousands(rate)}/s, ${(rate / bareRate).toFixed(2)} of it, p99 ${milliseconds(beats.p99)}`,
        reference: `bare Fastify POST ${thousands(bareRate)}/s, p99 ${milliseconds(before.p99)}`,
        least: '0.6 of it; p99 ≤ 20 ms',
        reached: rate / bareRate >= 0.6 && beats.p99 <= 20,
      },
    ]
  } finally {
    bare.kill()
    fs.rmSync(room, { recursive: true, force: true })
  }
}

export function portOf(hub: RunningHub): number {
  return Number(new URL(hub.url).port)
}

/** @returns ids of new sessions, on a machine for each hundred */
export async function sessions(hub: RunningHub, count: number, more: object = {}): Promise<string[]> {
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
  const [result] = (await once(child, 'message')) as [LoadResult]
  child.kill()
  return result
}

function thousands(rate: number): string {
  return `${(rate / 1000).toFixed(1)}k`
}
