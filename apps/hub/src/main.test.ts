import { fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { UsageReport } from '@signalbox/contract/usage'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Child, startNode } from '../../../test/support/child.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { someCall } from '../test/call.ts'
import { someReading, someWindow } from '../test/reading.ts'
import { groupsOf } from './limits/day-hours.ts'
import { openSqliteStore } from './store/sqlite/open.ts'

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

describe('the hub as a process', () => {
  it('tells its parent and its log where it listens, and ends with 0 on SIGTERM', async () => {
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
    const told = lines.filter(({ level }) => level === 'INFO')
    expect(told[0]).toMatchObject({ msg: `Signalbox listens on ${url}` })
    expect(lines.at(-1)).toMatchObject({ msg: 'stopping', why: 'SIGTERM' })
  })

  it('ends with its parent', async () => {
    // Not by `start`: a child whose channel its parent has closed never tells that parent it is over.
    const child = fork(main, { env: { ...process.env, ...clean, DATA_DIR: tempFolder(), API_KEYS: 'one' }, stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child, 'message')
    child.disconnect()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('has every reading it confirmed when fifty write at once and it is killed, and counts them right', { timeout: 90_000 }, async () => {
    const folder = tempFolder()
    const env = { API_KEYS: 'one', DATA_DIR: folder, INGEST_LIMIT_PER_MINUTE: '100000', MAX_VERSIONS: '100000' }
    const path = '/api/claude/console-usage'
    const now = Date.now()
    const confirmed = new Map<string, number>()
    let sent = 0
    for (const enough of [30, 150]) {
      const child = start(env)
      const url = await address(child)
      // In the middle of the others, whenever that is on this machine.
      const kill = () => confirmed.size >= enough && child.process.kill('SIGKILL')
      const writer = async () => {
        for (;;) {
          const n = sent++
          const reading = someReading(now - n * 1000, { currentSession: someWindow(n % 100, now + 3_600_000), idempotencyKey: `key ${n}` })
          const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(reading) })
          if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
          await answer.json()
          confirmed.set(`key ${n}`, now - n * 1000)
          kill()
        }
      }
      const ends = await Promise.allSettled(Array.from({ length: 50 }, writer))
      expect(ends.every(({ status }) => status === 'rejected')).toBe(true)
      await child.finished
    }
    expect(confirmed.size).toBeGreaterThanOrEqual(150)
    const store = openSqliteStore({ folder, prices: defaultPriceTable() })
    onTestFinished(() => store.close())
    const kept: number[] = []
    const keys = new Set<string>()
    for await (const piece of store.limits.readings()) {
      for (const { at, reading } of piece) {
        kept.push(at)
        keys.add(reading.idempotencyKey!)
      }
    }
    expect([...confirmed.keys()].filter((key) => !keys.has(key))).toEqual([])
    expect(kept).toEqual([...kept].sort((a, b) => a - b))
    expect(await store.limits.metadata()).toMatchObject({
      versionCount: kept.length,
      totalVersionsCreated: kept.length,
      totalVersionsDeleted: 0,
      oldestTimestamp: new Date(kept[0]!).toISOString(),
      newestTimestamp: new Date(kept.at(-1)!).toISOString(),
    })
    // The thinned series has the highest of every hour, of these readings and no others.
    const highest = new Map<number, number>()
    for await (const piece of store.limits.readings()) {
      for (const { at, reading } of piece) {
        const hour = Math.floor(at / 3_600_000)
        highest.set(hour, Math.max(highest.get(hour) ?? 0, reading.currentSession!.percentageUsed))
      }
    }
    const thinned = new Map<number, number>()
    for (const { window, hours } of await store.limits.days({ accounts: [''], from: 0, to: 100_000 })) {
      if (window !== 'session') continue
      for (const { maxAt, max } of groupsOf(hours)) thinned.set(Math.floor(maxAt / 3_600_000), max)
    }
    expect(thinned).toEqual(highest)
  })

  it('has what it confirmed when it is killed at any moment and started again', async () => {
    const folder = tempFolder()
    let confirmed = 0
    const calls = Array.from({ length: 2_000 }, () => someCall())
    for (const after of [5, 40, 90]) {
      const child = start({ API_KEYS: 'one', DATA_DIR: folder, INGEST_LIMIT_PER_MINUTE: '100000' })
      const url = await address(child)
      const total = ((await (await fetch(`${url}/api/usage`, { headers })).json()) as UsageReport).totals.calls
      expect(total).toBeGreaterThanOrEqual(confirmed)
      setTimeout(() => child.process.kill('SIGKILL'), after)
      try {
        for (let n = 0; n < calls.length; n += 20) {
          const body = JSON.stringify({ machine_id: 'a', calls: calls.slice(n, n + 20) })
          const answer = await fetch(`${url}/api/usage/calls`, { method: 'POST', headers, body })
          if (answer.ok) confirmed = Math.max(confirmed, n + 20)
        }
      } catch {
        // Killed in the middle, as it should be.
      }
      await child.finished
    }
    const url = await address(start({ API_KEYS: 'one', DATA_DIR: folder, INGEST_LIMIT_PER_MINUTE: '100000' }))
    for (let n = 0; n < calls.length; n += 500) {
      await fetch(`${url}/api/usage/calls`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ machine_id: 'a', calls: calls.slice(n, n + 500) }),
      })
    }
    const { totals } = (await (await fetch(`${url}/api/usage?group=session`, { headers })).json()) as UsageReport
    expect(totals).toMatchObject({ calls: 2_000, output: 2_000 * 800, read: 2_000 * 90_000 })
  })
})

describe('the hub does not start, and says in one line why,', () => {
  async function refusal(env: Record<string, string | undefined>): Promise<string> {
    const { code, stderr, stdout } = await start(env).finished
    expect([code, stdout]).toEqual([1, ''])
    const lines = stderr.trim().split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^signalbox hub: /)
    return lines[0]!
  }

  it('beyond loopback without any key', async () => {
    expect(await refusal({ HOST: '0.0.0.0' })).toMatch(/HOST is 0\.0\.0\.0.*signalbox keys create NAME.*API_KEYS/)
    expect(await refusal({ HOST: '0.0.0.0', NODE_ENV: 'development' })).toMatch(/no key/)
  })

  it('where another hub keeps its store', async () => {
    const folder = tempFolder()
    await address(start({ API_KEYS: 'one', DATA_DIR: folder }))
    expect(await refusal({ API_KEYS: 'one', DATA_DIR: folder })).toContain(`Another hub uses ${folder} already`)
  })

  it('on a port that is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    expect(await refusal({ API_KEYS: 'one', PORT: String(port) })).toMatch(new RegExp(`Port ${port} is taken\\. .*set PORT`))
  })

  it('on an address that is not of this machine', async () => {
    expect(await refusal({ API_KEYS: 'one', HOST: '192.0.2.1' })).toMatch(/HOST is 192\.0\.2\.1, which is no address of this machine/)
  })

  it('in a folder that is a file, or may not be written', async () => {
    const file = path.join(tempFolder(), 'file')
    fs.writeFileSync(file, '')
    expect(await refusal({ API_KEYS: 'one', DATA_DIR: file })).toContain('is not a folder')
    expect(await refusal({ API_KEYS: 'one', DATA_DIR: path.join(file, 'below') })).toContain('is not a folder')
    // Whoever is root may write everywhere.
    if (process.getuid?.() === 0) return
    const closed = tempFolder()
    fs.chmodSync(closed, 0o500)
    expect(await refusal({ API_KEYS: 'one', DATA_DIR: closed })).toMatch(/DATA_DIR/)
  })

  it.runIf(process.platform === 'linux')('in a folder of the kernel, in which making one hangs', async () => {
    expect(await refusal({ API_KEYS: 'one', DATA_DIR: '/proc/1/a/b' })).toContain(
      'DATA_DIR is "/proc/1/a/b"; it must be a folder on a disk',
    )
  })

  it('on a store that is damaged or of a newer version', async () => {
    const folder = tempFolder()
    fs.writeFileSync(path.join(folder, 'signalbox.db'), 'this is not a database, and long enough to be sure of it'.repeat(100))
    expect(await refusal({ API_KEYS: 'one', DATA_DIR: folder })).toMatch(/The store is not a database\. .*copy/)
  })

  it('with wrong settings, all of them at once, a line each', async () => {
    const { code, stderr } = await start({ PORT: 'x', LOG_LEVEL: 'loud' }).finished
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^signalbox hub: PORT is "x"/),
      expect.stringMatching(/^signalbox hub: LOG_LEVEL is "loud"/),
    ])
  })
})

it('a key that is made beside a running hub holds at once, and so does its end', async () => {
  const folder = tempFolder()
  const url = await address(start({ DATA_DIR: folder, HOST: '127.0.0.1' }))
  const keys = async (...words: string[]) => {
    const child = startNode([path.join(import.meta.dirname, 'keys.ts'), ...words], { env: { ...clean, DATA_DIR: folder } })
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
  expect((await keys('revoke', key.key_id)).stdout).toContain('refused from now on')
  expect((await ask()).status).toBe(401)
})
