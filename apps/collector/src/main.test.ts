import { once } from 'node:events'
import fs from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { Call } from '@signalbox/contract/call'
import { collectorStatusSchema } from '@signalbox/contract/collector'
import { isCall } from '@signalbox/usage/call'
import { expect, onTestFinished, test } from 'vitest'
import { startNode } from '../../../test/support/child.ts'
import { noProxySettings, startForwardProxy } from '../../../test/support/forward-proxy.ts'
import { stretchForLoad } from '../../../test/support/machine-load.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { writeTranscripts } from '../../../test/support/transcripts.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** The characters of a text that command a terminal. */
const commandsIn = (text: string) => ['\u001b', '\u0007', '\u009b'].filter((character) => text.includes(character))

/** A hub that accepts every call. */
async function acceptingHub() {
  const accepted = new Map<string, Call>()
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' })
      return response.end(JSON.stringify({ store_id: 'one' }))
    }
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    if (request.url?.startsWith('/api/claude/')) {
      // It never asks for a snapshot.
      return setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{"timestamp": ""}'), 500)
    }
    const body = Buffer.concat(parts)
    if (request.url?.startsWith('/machines/')) {
      response.writeHead(200, { 'content-type': 'application/json' })
      return response.end(JSON.stringify({ machine_id: 'laptop', unknown_sessions: [], missing_sessions: [], timestamp: '' }))
    }
    // As of an older version, which knows no others.
    if (request.url !== '/api/usage/calls') return response.writeHead(404).end('{}')
    const { calls } = JSON.parse(String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)) as { calls: Call[] }
    // Estimates are no calls.
    for (const call of calls) if (isCall(call.source)) accepted.set(call.key, call)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ success: true, accepted: calls.length, improved: 0, duplicates: 0, timestamp: '' }))
    for (const check of waiting) check()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
    until: (count: number) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (accepted.size < count) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
  }
}

function collector(folder: string, hub: string, extra: Record<string, string | undefined> = {}) {
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

test('all calls of the transcripts reach the hub, also appended ones, and SIGTERM ends it with exit code 0', async () => {
  const folder = tempFolder()
  const { calls, files } = writeTranscripts(path.join(folder, 'claude'))
  const hub = await acceptingHub()
  const child = collector(folder, hub.url)
  await hub.until(calls.length)
  expect([...hub.accepted.keys()].sort()).toEqual(calls.map(({ key }) => key).sort())

  const file = path.join(folder, 'claude', files[0]?.path ?? '')
  const started = performance.now()
  fs.appendFileSync(
    file,
    `\n${JSON.stringify({ type: 'assistant', timestamp: '2026-11-01T10:00:00.000Z', uuid: 'u', requestId: 'r', message: { id: 'late', model: 'claude-opus-5-5', usage: { input_tokens: 1, output_tokens: 1 } } })}\n`,
  )
  await hub.until(calls.length + 1)
  expect(performance.now() - started).toBeLessThan(await stretchForLoad(600))

  const { code, stdout } = await child.stop()
  expect(code).toBe(0)
  expect(stdout).not.toContain('plain http')
  expect(stdout.trim().split('\n').at(-1)).toContain('stopped')
  const status = collectorStatusSchema.parse(JSON.parse(fs.readFileSync(path.join(folder, 'data', 'collector.json'), 'utf8')))
  expect(status).toMatchObject({ state: 'stopped', machine_id: 'laptop', pending: 0, sent: { failures: 0 } })
  // The estimates of unfinished calls are sent as well.
  expect(status.sent.calls).toBeGreaterThan(calls.length)
})

test('after being killed at several moments and restarted, all calls arrive', async () => {
  const folder = tempFolder()
  const { calls } = writeTranscripts(path.join(folder, 'claude'), { calls: 400 })
  const hub = await acceptingHub()
  for (const after of [150, 250, 350]) {
    const child = collector(folder, hub.url)
    await new Promise((resolve) => setTimeout(resolve, after))
    await child.stop('SIGKILL')
  }
  collector(folder, hub.url)
  await hub.until(calls.length)
  expect([...hub.accepted.keys()].sort()).toEqual(calls.map(({ key }) => key).sort())
})

test('a second collector on the same data ends with an error; the first goes on', async () => {
  const folder = tempFolder()
  const hub = await acceptingHub()
  const first = collector(folder, hub.url)
  await first.collecting()
  const second = await collector(folder, hub.url).finished
  expect(second.code).toBe(1)
  expect(second.stderr).toMatch(/another collector already runs on this DATA_DIR \(process \d+ on .+\)\. Stop it first/)
  expect((await first.stop()).code).toBe(0)
})

test('all invalid settings are named', async () => {
  const { code, stderr } = await collector(tempFolder(), 'nowhere', { LOG_LEVEL: 'loud' }).finished
  expect(code).toBe(1)
  expect(stderr).toContain('SIGNALBOX_URL is "nowhere"')
  expect(stderr).toContain('LOG_LEVEL is "loud"')
})

test('a folder that cannot be written ends it with one line and a suggestion, in which its name commands no terminal', async () => {
  const folder = tempFolder()
  const DATA_DIR = path.join(folder, 'data\u001b]0;owned\u0007\u009b2J')
  fs.writeFileSync(DATA_DIR, 'a file, not a folder')
  const { code, stderr } = await collector(folder, 'http://127.0.0.1:1', { DATA_DIR }).finished
  expect(stderr).toContain('data\\u001b]0;owned\\u0007\\u009b2J')
  expect(commandsIn(stderr)).toEqual([])
  expect(code).toBe(1)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toContain('DATA_DIR')
})

test('an unreachable hub is logged once, and the collector goes on', async () => {
  const folder = tempFolder()
  writeTranscripts(path.join(folder, 'claude'))
  const child = collector(folder, 'http://127.0.0.1:1')
  await child.line(/does not accept calls now/)
  const { code } = await child.stop('SIGINT')
  expect(code).toBe(0)
})

test('a folder that a setting names and that is not there is logged, and the collector goes on', async () => {
  const folder = tempFolder()
  writeTranscripts(path.join(folder, 'claude'))
  const named = [path.join(folder, 'claude'), path.join(folder, 'gone\u001b[2J')].join(',')
  const child = collector(folder, 'http://127.0.0.1:1', { CLAUDE_CONFIG_DIR: named })
  const [line] = await child.line(/^.*CLAUDE_CONFIG_DIR names .*$/)
  expect(JSON.parse(line)).toMatchObject({ level: 'WARN', msg: `CLAUDE_CONFIG_DIR names ${folder}/gone\u001b[2J, which does not exist` })
  expect(line).not.toContain('\u001b')
  await child.line(/does not accept calls now/)
  expect((await child.stop('SIGINT')).code).toBe(0)
})

test('a hub that only a proxy can reach gets all calls through it, and one that others can listen to is warned about', async () => {
  const folder = tempFolder()
  const { calls } = writeTranscripts(path.join(folder, 'claude'), { calls: 20 })
  const hub = await acceptingHub()
  const proxy = await startForwardProxy(hub.url)
  const child = collector(folder, 'http://hub.corp.example', { ...noProxySettings, HTTP_PROXY: proxy.url })
  await child.line(/"WARN".*http:\/\/hub\.corp\.example is plain http: others on the network can read the key/)
  await hub.until(calls.length)
  expect([...hub.accepted.keys()].sort()).toEqual(calls.map(({ key }) => key).sort())
  // Node asks for a tunnel or for the address itself, by its version.
  for (const asked of proxy.asked) expect(asked).toMatch(/^(?:http:\/\/)?hub\.corp\.example[:/]/)
})

test('the program of the usage page prints no path and no argument that commands a terminal', async () => {
  const folder = tempFolder()
  const DATA_DIR = path.join(folder, 'data\u001b[2J\u009b')
  fs.mkdirSync(DATA_DIR)
  fs.writeFileSync(path.join(DATA_DIR, 'browser'), 'no folder')
  const run = async (...words: string[]) => {
    const program = fileURLToPath(new URL('./console.ts', import.meta.url))
    const child = startNode([program, ...words], { env: { DATA_DIR, BROWSER_PATH: process.execPath } })
    onTestFinished(async () => void (await child.stop('SIGKILL')))
    const { code, stdout, stderr } = await child.finished
    expect(commandsIn(`${stdout}${stderr}`)).toEqual([])
    return { code, stdout, stderr }
  }
  const named = String.raw`data\u001b[2J\u009b`
  const once = await run('once', '--json', '--verbose')
  expect([once.code, once.stderr]).toEqual([1, expect.stringContaining(named)])
  expect(JSON.parse(once.stdout).error.message).toContain(DATA_DIR)
  expect((await run('status')).stdout).toContain(named)
  expect((await run('--\u001b]0;owned\u0007')).stderr).toContain(String.raw`\u001b]0;owned\u0007`)
})
