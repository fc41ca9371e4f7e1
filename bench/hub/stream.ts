import { fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { milliseconds, type Row } from '../table.ts'
import { createSessions, portOf } from './heartbeat.ts'
import { headers, startHub } from './hub-process.ts'

const STREAMS = 1000
const EVENTS = 100

/** Measures events, one after the other, on a thousand open streams. */
export async function hubStream(): Promise<Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  const readers = fork(path.join(import.meta.dirname, 'stream-readers.ts'))
  try {
    const hub = await startHub(folder)
    const [id] = await createSessions(hub, 1)
    readers.send({ port: portOf(hub), streams: STREAMS, events: EVENTS })
    await once(readers, 'message')
    const result = once(readers, 'message') as Promise<[{ took: { p50: number; p99: number; max: number }; count: number }]>
    for (let n = 0; n < EVENTS; n++) {
      const answer = await fetch(`${hub.url}/sessions/${id}`, { method: 'PUT', headers, body: JSON.stringify({ metadata: { n } }) })
      if (answer.status !== 200) throw new Error(`the hub answered ${answer.status}: ${await answer.text()}`)
      await answer.text()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const [{ took, count }] = await result
    await hub.stop()
    if (count !== STREAMS * EVENTS) throw new Error(`${count} events arrived and not ${STREAMS * EVENTS}`)
    return [
      {
        what: `event → ${STREAMS.toLocaleString('en')} open streams`,
        measured: `p50 ${milliseconds(took.p50)}, p99 ${milliseconds(took.p99)}, worst ${milliseconds(took.max)}`,
        reference: 'from the write of the change',
        target: 'p99 ≤ 250 ms',
        reached: took.p99 <= 250,
      },
    ]
  } finally {
    readers.kill()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
