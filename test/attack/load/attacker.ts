import http from 'node:http'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the attacker gets: the hub, keys that may not do what is tried, and a session of another client. */
export interface Target {
  readonly port: number
  readonly readKey: string
  readonly ingestKey: string
  readonly session: string
  readonly asset: string
  /** A key that may send heartbeats, of this session. */
  readonly heartbeatKey: string
  readonly ownSession: string
  /** Of a hub without keys. */
  readonly keylessPort: number
}

/** Each attack comes from an address of its own. */
const attacks: Record<string, (target: Target) => Promise<never>> = {
  /** Heartbeats of a session by a key that may not write. */
  async H1({ port, readKey, session }) {
    for (;;) {
      const headers = { authorization: `Bearer ${readKey}` }
      await ask({ port, localAddress: '127.0.0.21', method: 'POST', path: `/sessions/${session}/heartbeat`, headers })
      await sleep(10)
    }
  },
  /** Nonsense and halves of headers, on connections that are never closed. */
  async H2({ port }) {
    const starts = ['nonsense\r\n\r\n', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 'GET /he', 'GET / HTTP/1.1\r\nHost: x\r\n']
    for (let n = 0; ; n++) {
      open(port, '127.0.0.22').write(starts[n % starts.length]!)
      await sleep(20)
    }
  },
  /** Files that are asked for and not read. */
  async H3({ port, asset }) {
    const request = `GET /assets/${asset} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(20)
    await Promise.all(
      Array.from({ length: 30 }, async () => {
        for (;;) {
          const socket = open(port, '127.0.0.23').pause()
          socket.write(request)
          await ended(socket, 5_000)
        }
      }),
    )
    throw new Error('never')
  },
  /** Requests without an end whose answers are not read: of strangers, and heartbeats with a key, which take the short path. */
  async H4({ port, heartbeatKey, ownSession }) {
    const flood = async (localAddress: string, request: string) => {
      const piece = Buffer.from(request.repeat(Math.ceil(65_536 / request.length))).subarray(0, 65_536)
      for (;;) {
        const socket = open(port, localAddress).pause()
        while (!socket.destroyed && socket.write(piece)) await sleep(1)
        await ended(socket, 500)
        await sleep(200)
      }
    }
    const heartbeat =
      `POST /sessions/${ownSession}/heartbeat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${heartbeatKey}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'
    await Promise.all([
      ...Array.from({ length: 100 }, () => flood('127.0.0.24', 'GET /nope HTTP/1.1\r\nHost: x\r\n\r\n')),
      ...Array.from({ length: 30 }, () => flood('127.0.0.28', heartbeat)),
    ])
    throw new Error('never')
  },
  /** Small snapshots that would be large files, and as many as fit into the limit of requests. */
  async H5({ port, ingestKey }) {
    const snapshot = (extraUsage: string) =>
      `{"lastUpdated":"${new Date().toISOString()}","currentSession":{"percentageUsed":1,"resetsIn":"1 hr"},"extraUsage":${extraUsage}}`
    const deep = `{"a":${'['.repeat(15_000)}${']'.repeat(15_000)}}`
    const wide = JSON.stringify({ list: Array.from({ length: 10_000 }, (_, n) => n) })
    for (let n = 0; ; n++) {
      const headers = { authorization: `Bearer ${ingestKey}`, 'content-type': 'application/json' }
      const body = snapshot(n % 2 === 0 ? deep : wide)
      await ask({ port, localAddress: '127.0.0.25', method: 'POST', path: '/api/claude/console-usage', headers }, body)
      await sleep(200)
    }
  },
  /** Callers without a key through a proxy that shows itself, by a header or by HTTP/1.0: to a hub with keys, and to one without. */
  async H6({ port, keylessPort }) {
    const ways: http.OutgoingHttpHeaders[] = [
      { 'x-forwarded-for': '203.0.113.7' },
      { forwarded: 'for=203.0.113.7' },
      { via: '1.1 proxy' },
      { 'x-real-ip': '203.0.113.7' },
    ]
    for (let n = 0; ; n++) {
      const headers = { ...ways[n % ways.length], 'content-type': 'application/json' }
      const makeKey = { method: 'POST', path: '/api/keys', headers }
      await ask({ ...makeKey, port, localAddress: '127.0.0.26' }, '{"name":"thief","scopes":["admin"]}')
      await ask({ ...makeKey, port: keylessPort, localAddress: '127.0.0.27' }, '{"name":"thief","scopes":["admin"]}')
      await ask({ port: keylessPort, localAddress: '127.0.0.27', path: '/api/usage', headers })
      await askAsBefore(keylessPort, '127.0.0.27', '/api/whoami')
      await sleep(50)
    }
  },
}

function open(port: number, localAddress: string): net.Socket {
  return net.connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {})
}

async function ended(socket: net.Socket, ms: number): Promise<void> {
  const until = performance.now() + ms
  while (!socket.destroyed && performance.now() < until) await sleep(20)
  socket.destroy()
}

/** Counts the answers by attack and status. */
const answers: Record<string, number> = {}

function ask(options: http.RequestOptions, body?: string): Promise<void> {
  return new Promise((resolve) => {
    const request = http.request({ ...options, host: '127.0.0.1', agent: false }, (response) => {
      const name = `${options.localAddress?.at(-1)} ${response.statusCode}`
      answers[name] = (answers[name] ?? 0) + 1
      response.resume().on('close', resolve)
    })
    request.on('error', () => resolve()).setTimeout(20_000, () => request.destroy())
    request.end(body)
  })
}

/** With HTTP/1.0, as nginx does by default. */
async function askAsBefore(port: number, localAddress: string, path: string): Promise<void> {
  const socket = open(port, localAddress)
  socket.write(`GET ${path} HTTP/1.0\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
  let text = ''
  socket.on('data', (data) => (text += data))
  await ended(socket, 5_000)
  const name = `${localAddress.at(-1)} ${/^HTTP\/1\.\d (\d+)/.exec(text)?.[1] ?? 'lost'}`
  answers[name] = (answers[name] ?? 0) + 1
}

process.on('message', (target: Target) => {
  for (const [name, attack] of Object.entries(attacks)) attack(target).catch((error) => console.error(name, error))
})
process.on('disconnect', () => process.exit())
setInterval(() => process.send?.(answers), 1_000)
