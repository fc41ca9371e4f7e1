import { once } from 'node:events'
import fs from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { Call } from '@signalbox/contract/call'
import { collectorStatusSchema } from '@signalbox/contract/collector'
import { expect, onTestFinished, test } from 'vitest'
import { startNode } from '../../../test/support/child.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { writeTranscripts } from '../../../test/support/transcripts.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** A server that says yes to every call. */
async function yesHub() {
  const taken = new Map<string, Call>()
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' })
      return response.end(JSON.stringify({ store_id: 'one' }))
    }
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    if (request.url?.startsWith('/api/claude/')) {
      // It never asks for a reading.
      return setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{"timestamp": ""}'), 500)
    }
    const body = Buffer.concat(parts)
    const { calls } = JSON.parse(String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)) as { calls: Call[] }
    for (const call of calls) taken.set(call.key, call)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ success: true, accepted: calls.length, improved: 0, duplicates: 0, timestamp: '' }))
    for (const look of waiting) look()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    until: (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (taken.size < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

function collector(folder: string, hub: string, extra: Record<string, string> = {}) {
  const child = startNode([main], {
    ipc: true,
    env: {
      DATA_DIR: path.join(folder, 'data'),
      CLAUDE_CONFIG_DIR: path.join(folder, 'claude'),
      SIGNALBOX_URL: hub,
      MACHINE_ID: 'laptop',
      LOG_LEVEL: 'info',
      EXTRA_TRANSCRIPT_DIRS: '',
      REDACT_PROJECTS: '',
      ...extra,
    },
  })
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  const collecting = () => child.message((message) => ((message as { collecting?: true }).collecting ? true : undefined))
  return { ...child, collecting }
}

test('every call of the transcripts reaches the hub, then what is appended, and SIGTERM ends it with 0', async () => {
  const folder = tempFolder()
  const { calls, files } = writeTranscripts(path.join(folder, 'claude'))
  const hub = await yesHub()
  const child = collector(folder, hub.url)
  await hub.until(calls.length)
  expect([...hub.taken.keys()].sort()).toEqual(calls.map(({ key }) => key).sort())

  const file = path.join(folder, 'claude', files[0]?.path ?? '')
  const started = performance.now()
  fs.appendFileSync(
    file,
    `\n${JSON.stringify({ type: 'assistant', timestamp: '2026-11-01T10:00:00.000Z', uuid: 'u', requestId: 'r', message: { id: 'late', model: 'claude-opus-5-5', usage: { input_tokens: 1, output_tokens: 1 } } })}\n`,
  )
  await hub.until(calls.length + 1)
  expect(performance.now() - started).toBeLessThan(600)

  const { code, stdout } = await child.stop()
  expect(code).toBe(0)
  expect(stdout.trim().split('\n').at(-1)).toContain('stopped')
  const status = collectorStatusSchema.parse(JSON.parse(fs.readFileSync(path.join(folder, 'data', 'collector.json'), 'utf8')))
  expect(status).toMatchObject({ state: 'stopped', machine_id: 'laptop', pending: 0, sent: { calls: calls.length + 1, failures: 0 } })
})

test('killed at any moment and started again, everything arrives', async () => {
  const folder = tempFolder()
  const { calls } = writeTranscripts(path.join(folder, 'claude'), { calls: 400 })
  const hub = await yesHub()
  for (const after of [150, 250, 350]) {
    const child = collector(folder, hub.url)
    await new Promise((resolve) => setTimeout(resolve, after))
    await child.stop('SIGKILL')
  }
  collector(folder, hub.url)
  await hub.until(calls.length)
  expect([...hub.taken.keys()].sort()).toEqual(calls.map(({ key }) => key).sort())
})

test('a second one on the same data says so and ends with 1; the first goes on', async () => {
  const folder = tempFolder()
  const hub = await yesHub()
  const first = collector(folder, hub.url)
  await first.collecting()
  const second = await collector(folder, hub.url).finished
  expect(second.code).toBe(1)
  expect(second.stderr).toMatch(/another collector works on this DATA_DIR already \(process \d+ on .+\)\. Stop it first/)
  expect((await first.stop()).code).toBe(0)
})

test('every wrong setting is named at once', async () => {
  const { code, stderr } = await collector(tempFolder(), 'nowhere', { LOG_LEVEL: 'loud' }).finished
  expect(code).toBe(1)
  expect(stderr).toContain('SIGNALBOX_URL is "nowhere"')
  expect(stderr).toContain('LOG_LEVEL is "loud"')
})

test('a folder that cannot be written ends it with a line that says what to do', async () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'data'), 'a file, not a folder')
  const { code, stderr } = await collector(folder, 'http://127.0.0.1:1').finished
  expect(code).toBe(1)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toContain('DATA_DIR')
})

test('a hub that is not there is told once, and ends nothing', async () => {
  const folder = tempFolder()
  writeTranscripts(path.join(folder, 'claude'))
  const child = collector(folder, 'http://127.0.0.1:1')
  await child.line(/does not take calls now/)
  const { code } = await child.stop('SIGINT')
  expect(code).toBe(0)
})
