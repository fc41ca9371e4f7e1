import { fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { createServer } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import path from 'node:path'
import tls from 'node:tls'
import type { UsageReport } from '@signalbox/contract/usage'
import { readOwnerKey } from '@signalbox/hub-address/owner-key'
import { describe, expect, it, onTestFinished } from 'vitest'
import { canMakeCertificates, makeCertificate } from '../../../test/support/certificate.ts'
import { type Child, startNode } from '../../../test/support/child.ts'
import { stretchForLoad } from '../../../test/support/machine-load.ts'
import { textOf } from '../../../test/support/repository.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { someCall } from '../test/call.ts'
import { openHub } from '../test/open-hub.ts'
import { someSnapshot, someWindow } from '../test/snapshot.ts'
import { groupsOf } from './limits/day-hours.ts'

const main = path.join(import.meta.dirname, 'main.ts')

/** Settings of the machine that runs the tests must not change them. */
const clean = {
  PORT: '0',
  HOST: undefined,
  NODE_ENV: undefined,
  API_KEYS: undefined,
  CLAUDE_SYNC_API_KEY: undefined,
  LOG_LEVEL: 'info',
  PRICE_TABLE: undefined,
  MONGODB_URI: undefined,
}

function start(env: Record<string, string | undefined>): Child {
  const child = startNode([main], { ipc: true, env: { ...clean, DATA_DIR: tempFolder(), ...env } })
  onTestFinished(async () => {
    await child.stop('SIGKILL')
  })
  return child
}

const address = (child: Child) =>
  child.message((message) =>
    typeof message === 'object' && message !== null && 'listening' in message ? String(message.listening) : undefined,
  )

const headers = { authorization: 'Bearer one', 'content-type': 'application/json' }

/** Asks with the network of this machine as another of its users. */
function fetchAs(uid: number, url: string, init: RequestInit = {}): Promise<{ status: number; body: string }> {
  const program = `fetch(process.argv[1], JSON.parse(process.argv[2])).then(async (answer) =>
    console.log(JSON.stringify({ status: answer.status, body: await answer.text() })))`
  const child = startNode(['-e', program, url, JSON.stringify(init)], { uid, gid: uid })
  return child.finished.then(({ stdout }) => JSON.parse(stdout) as { status: number; body: string })
}

interface Forwarder {
  readonly version: '1.0' | '1.1'
  readonly uid?: number
}

/** Starts a proxy that sends the name of the upstream and no header of its own. @returns its address */
async function startForwarder(upstream: string, { version, uid }: Forwarder): Promise<string> {
  const program = `
    const [host, version] = process.argv.slice(1)
    const server = require('node:http').createServer((request) => {
      let body = ''
      request.on('data', (chunk) => (body += chunk)).on('end', () => {
        const lines = [request.method + ' ' + request.url + ' HTTP/' + version, 'Host: ' + host, 'Connection: close']
        for (const [name, value] of Object.entries(request.headers))
          if (name !== 'host' && name !== 'connection') lines.push(name + ': ' + value)
        const [address, port] = host.split(':')
        const forwarded = require('node:net').connect(port, address)
        forwarded.write([...lines, '', body].join('\\r\\n'))
        forwarded.pipe(request.socket)
      })
    })
    server.listen(0, '127.0.0.1', () => process.send('http://127.0.0.1:' + server.address().port))`
  const as = uid === undefined ? {} : { uid, gid: uid }
  const child = startNode(['-e', program, new URL(upstream).host, version], { ...as, ipc: true })
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  return child.message(String)
}

describe('a hub without keys', () => {
  const open = { NODE_ENV: 'development', LOG_LEVEL: 'warn' }

  it.skipIf(process.platform !== 'linux')('lets in the programs of its own user, and nothing that a proxy forwards', async () => {
    const url = await address(start(open))
    expect((await fetch(`${url}/api/whoami`)).status).toBe(200)
    // As nginx does by default: with the name of the upstream.
    const forwarded = { headers: { 'x-forwarded-for': '203.0.113.7' } }
    expect((await fetch(`${url}/api/whoami`, forwarded)).status).toBe(401)
    const makeKey = { method: 'POST', body: '{"name":"x","scopes":["admin"]}' }
    const json = { 'content-type': 'application/json' }
    expect((await fetch(`${url}/api/keys`, { ...makeKey, headers: { ...json, ...forwarded.headers } })).status).toBe(401)
    expect((await fetch(`${url}/api/keys`, { ...makeKey, headers: json })).status).toBe(403)
    expect((await fetch(`${url}/api/whoami`)).status).toBe(200)
  })

  it.skipIf(process.platform !== 'linux')(
    'takes a proxy of its own user for that user where nothing shows it, and makes no keys',
    async () => {
      const url = await address(start(open))
      const ask = async (proxy: string, path: string, body?: string) => {
        const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: body ?? '' }
        return (await fetch(proxy + path, body === undefined ? {} : json)).status
      }
      const makeKeys = [
        ['/api/keys', '{"name":"x","scopes":["admin"]}'],
        ['/api/invites', '{}'],
      ] as const
      // As nginx does by default.
      const old = await startForwarder(url, { version: '1.0' })
      for (const path of ['/api/whoami', '/api/usage', '/sessions']) expect([path, await ask(old, path)]).toEqual([path, 401])
      for (const [path, body] of makeKeys) expect([path, await ask(old, path, body)]).toEqual([path, 401])
      // The limit of what can be known, which docs/http.md and SECURITY.md name.
      const hidden = await startForwarder(url, { version: '1.1' })
      expect(await ask(hidden, '/api/whoami')).toBe(200)
      for (const [path, body] of makeKeys) expect([path, await ask(hidden, path, body)]).toEqual([path, 403])
    },
  )

  // Only root may start a program as another user.
  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('gives another user of the machine nothing', async () => {
    const otherUser = 65_534
    const dataDir = tempFolder()
    const url = await address(start({ ...open, DATA_DIR: dataDir }))
    for (const path of ['/api/whoami', '/api/usage', '/sessions', '/events?format=json', '/metrics']) {
      const answer = await fetchAs(otherUser, url + path)
      expect([path, answer.status]).toEqual([path, 401])
    }
    const json = { 'content-type': 'application/json' }
    for (const [path, body] of [
      ['/api/keys', '{"name":"x","scopes":["admin"]}'],
      ['/api/login/links', '{}'],
      ['/api/invites', '{}'],
    ] as const) {
      expect([path, (await fetchAs(otherUser, url + path, { method: 'POST', headers: json, body })).status]).toEqual([path, 401])
    }
    // Nor a proxy that runs as another user and adds nothing to what it forwards.
    const proxy = await startForwarder(url, { version: '1.1', uid: otherUser })
    expect((await fetch(`${proxy}/api/whoami`)).status).toBe(401)
    const makeKey = { method: 'POST', headers: json, body: '{"name":"x","scopes":["admin"]}' }
    expect((await fetch(`${proxy}/api/keys`, makeKey)).status).toBe(401)
    expect((await fetch(`${url}/api/whoami`)).status).toBe(200)
    // The way in that stays is for those who can read the folder.
    const owner = readOwnerKey(dataDir)!.key
    expect((await fetchAs(otherUser, `${url}/api/whoami`, { headers: { authorization: `Bearer ${owner}x` } })).status).toBe(401)
    expect((await fetch(`${url}/api/keys`, { headers: { authorization: `Bearer ${owner}` } })).status).toBe(200)
  })
})

describe('the hub as a process', () => {
  it.each(['Asia/Beijing', 'Etc/Unknown', 'CET-1CEST,M3.5.0,M10.5.0/3'])(
    'counts days in UTC where the machine has TZ=%s, and says so once in its log',
    async (TZ) => {
      const child = start({ TZ, TIMEZONE: undefined, API_KEYS: 'one' })
      const url = await address(child)
      for (const path of ['/api/claude-usage', '/api/usage']) {
        const response = await fetch(`${url}${path}`, { headers })
        expect([response.status, await response.json()]).toMatchObject([200, { timezone: 'UTC' }])
      }
      const { stdout } = await child.stop('SIGTERM')
      expect(stdout.match(/TZ is .* Set TIMEZONE to a name/g)).toHaveLength(1)
    },
  )

  it('counts days 9 hours ahead of UTC where the machine has TZ=JST-9, and refuses a zone that is none', async () => {
    const child = start({ TZ: 'JST-9', TIMEZONE: undefined, API_KEYS: 'one' })
    const url = await address(child)
    for (const path of ['/api/claude-usage', '/api/usage']) {
      const response = await fetch(`${url}${path}`, { headers })
      expect([response.status, await response.json()]).toMatchObject([200, { timezone: 'Etc/GMT-9' }])
      for (const zone of ['UTC-8', 'Etc/Unknown', 'Asia/Beijing', ':/etc/localtime', 'undefined']) {
        const refused = await fetch(`${url}${path}?timezone=${encodeURIComponent(zone)}`, { headers })
        expect([zone, refused.status, JSON.stringify(await refused.json())]).toEqual([
          zone,
          400,
          expect.stringContaining('write an IANA name such as Europe/Berlin, or Etc/GMT-8 for 8 hours ahead of UTC'),
        ])
      }
      for (const zone of ['Asia/Calcutta', 'US/Pacific', 'Etc/GMT+8', 'EST5EDT'])
        expect((await fetch(`${url}${path}?timezone=${encodeURIComponent(zone)}`, { headers })).status).toBe(200)
    }
    const { stdout } = await child.stop('SIGTERM')
    expect(stdout).not.toContain('TZ is')
  })

  it('sends its address to its parent and its log, and exits with 0 on SIGTERM', async () => {
    const child = start({ API_KEYS: 'one' })
    const url = await address(child)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    const stream = await fetch(`${url}/events`, { headers })
    const { code, stdout } = await child.stop('SIGTERM')
    expect(code).toBe(0)
    await stream.text()
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; msg: string })
    // Without a built dashboard there is a warning before it.
    const infos = lines.filter(({ level }) => level === 'INFO')
    expect(infos[0]).toMatchObject({ msg: `Signalbox listens on ${url}` })
    expect(lines.at(-1)).toMatchObject({ msg: 'stopping', reason: 'SIGTERM' })
  })

  it('ends in time and with 0 though half a request and a stream are open', async () => {
    const child = start({ API_KEYS: 'one' })
    const url = await address(child)
    const stream = await fetch(`${url}/events`, { headers })
    const half = net.connect(Number(new URL(url).port), '127.0.0.1')
    half.on('error', () => {})
    onTestFinished(() => void half.destroy())
    const sent = 'POST /sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer one\r\nContent-Type: application/json\r\n'
    half.write(`${sent}Content-Length: 100\r\nExpect: 100-continue\r\n\r\n`)
    // It has read the head.
    expect(String(await once(half, 'data'))).toMatch(/^HTTP\/1\.1 100 /)
    half.write('{"project_')
    const began = performance.now()
    expect((await child.stop('SIGTERM')).code).toBe(0)
    // Docker kills after ten seconds.
    expect(performance.now() - began).toBeLessThan(await stretchForLoad(8_000))
    await stream.text()
  })

  it('ends with its parent', async () => {
    // Not by `start`: after its channel is closed, a child cannot report its end to its parent.
    const child = fork(main, { env: { ...process.env, ...clean, DATA_DIR: tempFolder(), API_KEYS: 'one' }, stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child, 'message')
    child.disconnect()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('has every snapshot and call it confirmed when it is killed under load, and counts them right', { timeout: 90_000 }, async () => {
    const folder = tempFolder()
    const now = Date.now()
    const snapshots = new Map<string, number>()
    const calls = Array.from({ length: 2_000 }, () => someCall())
    let confirmedCalls = 0
    let sent = 0
    for (const enough of [5, 40, 150]) {
      const child = start({ API_KEYS: 'one', DATA_DIR: folder, INGEST_LIMIT_PER_MINUTE: '100000', MAX_VERSIONS: '100000' })
      const url = await address(child)
      const post = async (path: string, body: unknown) => {
        const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
        if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
        await answer.json()
      }
      const report = (await (await fetch(`${url}/api/usage`, { headers })).json()) as UsageReport
      expect(report.totals.calls).toBeGreaterThanOrEqual(confirmedCalls)
      const sendSnapshots = async () => {
        for (;;) {
          const n = sent++
          const snapshot = someSnapshot(now - n * 1000, {
            currentSession: someWindow(n % 100, now + 3_600_000),
            idempotencyKey: `key ${n}`,
          })
          await post('/api/claude/console-usage', snapshot)
          snapshots.set(`key ${n}`, now - n * 1000)
          // In the middle of other requests, however fast the machine is.
          if (snapshots.size >= enough) child.process.kill('SIGKILL')
        }
      }
      const sendCalls = async () => {
        for (let n = 0; ; n = (n + 20) % calls.length) {
          await post('/api/usage/calls', { machine_id: 'a', calls: calls.slice(n, n + 20) })
          confirmedCalls = Math.max(confirmedCalls, n + 20)
        }
      }
      const ends = await Promise.allSettled([...Array.from({ length: 50 }, sendSnapshots), sendCalls()])
      expect(ends.every(({ status }) => status === 'rejected')).toBe(true)
      await child.finished
    }
    expect(snapshots.size).toBeGreaterThanOrEqual(150)
    expect(confirmedCalls).toBeGreaterThan(0)

    const { app, store } = await openHub({ folder, env: { API_KEYS: 'one', LOG_LEVEL: 'silent' } })
    for (let n = 0; n < calls.length; n += 500) {
      const payload = { machine_id: 'a', calls: calls.slice(n, n + 500) }
      expect((await app.inject({ method: 'POST', url: '/api/usage/calls', headers, payload })).statusCode).toBe(200)
    }
    const { totals } = (await app.inject({ url: '/api/usage?group=session', headers })).json() as UsageReport
    expect(totals).toMatchObject({ calls: 2_000, output: 2_000 * 800, read: 2_000 * 90_000 })

    const stored: number[] = []
    const keys = new Set<string>()
    // The thinned series has the highest of every hour of these snapshots.
    const highest = new Map<number, number>()
    for await (const batch of store.limits.snapshots()) {
      for (const { at, body } of batch) {
        stored.push(at)
        keys.add(body.idempotencyKey!)
        const hour = Math.floor(at / 3_600_000)
        highest.set(hour, Math.max(highest.get(hour) ?? 0, body.currentSession!.percentageUsed))
      }
    }
    expect([...snapshots.keys()].filter((key) => !keys.has(key))).toEqual([])
    expect(stored).toEqual([...stored].sort((a, b) => a - b))
    expect(await store.limits.metadata()).toMatchObject({
      versionCount: stored.length,
      totalVersionsCreated: stored.length,
      totalVersionsDeleted: 0,
      oldestTimestamp: new Date(stored[0]!).toISOString(),
      newestTimestamp: new Date(stored.at(-1)!).toISOString(),
    })
    const thinned = new Map<number, number>()
    for (const { window, hours } of await store.limits.days({ accounts: [''], from: 0, to: 100_000 })) {
      if (window !== 'session') continue
      for (const { maxAt, max } of groupsOf(hours)) thinned.set(Math.floor(maxAt / 3_600_000), max)
    }
    expect(thinned).toEqual(highest)
  })
})

// `open-store.test.ts` and `config.test.ts` have the other reasons.
describe('the hub does not start, and prints the reason in one line,', () => {
  async function refusal(env: Record<string, string | undefined>): Promise<string> {
    const { code, stderr, stdout } = await start(env).finished
    expect([code, stdout]).toEqual([1, ''])
    const lines = stderr.trim().split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^signalbox hub: /)
    return lines[0]!
  }

  it('beyond loopback without any key, also in development', async () => {
    expect(await refusal({ HOST: '0.0.0.0', NODE_ENV: 'development' })).toMatch(
      /HOST is 0\.0\.0\.0.* there is no key\. .*signalbox keys create NAME.*API_KEYS/,
    )
  })

  it('beyond loopback with a key that can be guessed', async () => {
    expect(await refusal({ HOST: '0.0.0.0', API_KEYS: 'a' })).toMatch(
      /API_KEYS\[0\] can be guessed, and HOST is 0\.0\.0\.0.*128 random bits.*signalbox keys create NAME/,
    )
  })

  it('on a port that is in use', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    expect(await refusal({ API_KEYS: 'one', PORT: String(port) })).toMatch(new RegExp(`Port ${port} is taken\\. .*set PORT`))
  })

  it('with invalid settings, one line for each of them', async () => {
    const { code, stderr } = await start({ PORT: 'x', LOG_LEVEL: 'loud' }).finished
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^signalbox hub: PORT is "x"/),
      expect.stringMatching(/^signalbox hub: LOG_LEVEL is "loud"/),
    ])
  })
})

it('a key created beside a running hub is valid at once, and so is its revocation', async () => {
  const folder = tempFolder()
  const url = await address(start({ DATA_DIR: folder, HOST: '127.0.0.1' }))
  const keys = async (...args: string[]) => {
    const child = startNode([path.join(import.meta.dirname, 'keys.ts'), ...args], { env: { ...clean, DATA_DIR: folder } })
    return child.finished
  }
  const none = await fetch(`${url}/api/usage`)
  expect([none.status, ((await none.json()) as { message: string }).message]).toEqual([401, 'API keys not configured'])
  const made = await keys('create', 'laptop', '--scopes', 'read,ingest')
  expect([made.code, made.stdout.trim()]).toEqual([0, expect.stringMatching(/^sbx_[\w-]{43}$/)])
  const ask = () => fetch(`${url}/api/usage`, { headers: { authorization: `Bearer ${made.stdout.trim()}` } })
  expect((await ask()).status).toBe(200)
  const { stdout } = await keys('list', '--json')
  const [key] = JSON.parse(stdout)
  expect(key).toMatchObject({ name: 'laptop', scopes: ['read', 'ingest'] })
  expect((await keys('revoke', key.key_id)).stdout).toContain('refuses it from now on')
  expect((await ask()).status).toBe(401)
})

it('says in one promised line of its log, also by default, which address has shown a key or a code that is refused', async () => {
  const key = 'a key of 128 random bits 9f86d081884c7d659a2feaa0c55ad015'
  const child = start({ API_KEYS: key, LOG_LEVEL: undefined })
  const url = await address(child)
  const post = (path: string, body: object) =>
    fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const answers = [
    await fetch(`${url}/sessions`, { headers: { 'x-api-key': '"address":"203.0.113.9","msg":"key refused"}' } }),
    await post('/api/login', { key: 'a guess' }),
    await post('/api/invites/redeem', { code: 'AAAA-AAAA', machine_id: 'box-7' }),
    // None of these is a guess.
    await fetch(`${url}/sessions`),
    await fetch(`${url}/sessions`, { headers: { 'x-api-key': key, 'x-request-id': '"address":"203.0.113.9","msg":"key refused"}' } }),
    await post('/api/invites', {}),
  ]
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 200, 401])
  const { stdout } = await child.stop('SIGTERM')
  const [, filter = ''] = /^failregex = (.+)$/m.exec(textOf('examples/fail2ban/signalbox.conf')) ?? []
  const promised = new RegExp(filter.replace('<ADDR>', '([\\d.]+)'))
  const refused = stdout.split('\n').flatMap((line) => promised.exec(line)?.[1] ?? [])
  expect(refused).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1'])
})

it.skipIf(!canMakeCertificates || process.platform === 'win32')(
  'with TLS_CERT it speaks https, needs no certificate for programs of its own machine, and reads a renewed one at SIGHUP',
  async () => {
    const dataDir = tempFolder()
    const { certificate, key } = makeCertificate(['hub.example'])
    const env = { HOST: '0.0.0.0', API_KEYS: '9f86d081884c7d659a2feaa0c55ad015', DATA_DIR: dataDir, TLS_CERT: certificate, TLS_KEY: key }
    const child = start(env)
    const local = await address(child)
    expect(local).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(JSON.parse(fs.readFileSync(path.join(dataDir, 'hub.json'), 'utf8')).url).toBe(local)
    expect((await fetch(`${local}/health/ready`)).status).toBe(200)
    const presented = () =>
      new Promise<string>((resolve, reject) => {
        const options = {
          host: '127.0.0.1',
          port: Number(new URL(local).port),
          servername: 'hub.example',
          ca: fs.readFileSync(certificate),
        }
        const socket = tls.connect(options, () => {
          resolve(socket.getPeerCertificate().serialNumber)
          socket.destroy()
        })
        socket.on('error', reject)
      })
    const first = await presented()
    const renewed = makeCertificate(['hub.example'])
    fs.copyFileSync(renewed.certificate, certificate)
    child.process.kill('SIGHUP')
    await child.line(/do not belong together\. The hub goes on with the former certificate/)
    fs.copyFileSync(renewed.key, key)
    child.process.kill('SIGHUP')
    await child.line(/were read again/)
    expect(await presented()).not.toBe(first)
    const { code, stdout } = await child.stop('SIGTERM')
    expect(code).toBe(0)
    expect(stdout).toContain('Signalbox listens on https://')
    expect(stdout).not.toContain('plain http')
  },
)

it('TLS_CERT without its key, or with files that cannot be used, ends the start with one line', async () => {
  const missing = path.join(tempFolder(), 'none.pem')
  const [half, unreadable] = await Promise.all([
    start({ TLS_CERT: missing }).finished,
    start({ TLS_CERT: missing, TLS_KEY: missing }).finished,
  ])
  expect([half.code, half.stderr]).toEqual([1, 'signalbox hub: TLS_CERT and TLS_KEY belong together; set both, or none\n'])
  expect([unreadable.code, unreadable.stderr]).toEqual([1, `signalbox hub: TLS_CERT is ${missing}, which cannot be read (ENOENT).\n`])
})

describe('plain http', () => {
  const plainHttp = 'plain http'
  const key = 'a key of 128 random bits 9f86d081884c7d659a2feaa0c55ad015'
  const warnings = async (env: Record<string, string>) => {
    const child = start({ API_KEYS: key, LOG_LEVEL: 'warn', ...env })
    await address(child)
    const { stdout, stderr } = await child.stop('SIGTERM')
    return `${stdout}${stderr}`
  }

  it('is warned about where others on the network can read it', async () => {
    const warned = await warnings({ HOST: '0.0.0.0' })
    expect(warned).toContain(plainHttp)
    expect(warned).toContain('"level":"WARN"')
    expect(await warnings({ HOST: '0.0.0.0', PUBLIC_URL: 'http://hub.example' })).toContain(plainHttp)
  })

  it('is not warned about on loopback, or where the hub is reached by https', async () => {
    expect(await warnings({})).not.toContain(plainHttp)
    expect(await warnings({ HOST: '0.0.0.0', PUBLIC_URL: 'https://hub.example' })).not.toContain(plainHttp)
  })
})
