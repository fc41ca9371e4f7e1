import fs from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { someCall } from '../../test/call.ts'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'
import { someSnapshot } from '../../test/snapshot.ts'

const ingest = (hub: TestHub) => hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'a', calls: [someCall()] } })

async function putSnapshot(hub: TestHub) {
  const snapshot = someSnapshot(hub.clock.now())
  await hub.store.limits.put(snapshot, { now: hub.clock.now() })
  return snapshot
}

describe('health', () => {
  it('is ok', async () => {
    const hub = await openHub()
    expect((await hub.inject({ url: '/health' })).json()).toEqual({
      status: 'ok',
      timestamp: '2026-10-06T09:12:00.000Z',
      uptime: expect.any(Number),
      database: 'connected',
      latency: expect.any(Number),
      version: packageJson.version,
      failures: { read: 0, write: 0 },
      ...(process.platform === 'linux' ? { descriptors: { open: expect.any(Number), limit: expect.any(Number) } } : {}),
    })
    expect((await hub.inject({ url: '/health/ready' })).json()).toEqual({ ready: true, timestamp: '2026-10-06T09:12:00.000Z' })
    const withoutSnapshot = await hub.inject({ url: '/api/health' })
    expect(hub.log.filter(({ level }) => level === 'ERROR')).toEqual([])
    expect([withoutSnapshot.statusCode, withoutSnapshot.json()]).toEqual([
      503,
      {
        status: 'unhealthy',
        storage: { accessible: true, writable: true, versionCount: 0 },
        latestDataAge: null,
        versionCount: 0,
        latestData: { ageMinutes: null, status: 'unhealthy', timestamp: null },
        timestamp: '2026-10-06T09:12:00.000Z',
      },
    ])
  })

  it('shows the age of the newest snapshot of the plan limits', async () => {
    const hub = await openHub()
    const { lastUpdated } = await putSnapshot(hub)
    await hub.store.limits.put(someSnapshot(hub.clock.now() - 3_600_000), { now: hub.clock.now() })
    const health = async () => {
      const answer = await hub.inject({ url: '/api/health' })
      return [answer.statusCode, answer.json().status, answer.json().latestDataAge] as const
    }
    expect((await hub.inject({ url: '/api/health' })).json()).toEqual({
      status: 'healthy',
      storage: { accessible: true, writable: true, versionCount: 2 },
      latestDataAge: 0,
      versionCount: 2,
      latestData: { ageMinutes: 0, status: 'healthy', timestamp: lastUpdated },
      timestamp: '2026-10-06T09:12:00.000Z',
    })
    hub.clock.pass(600_000)
    expect(await health()).toEqual([200, 'healthy', 10])
    hub.clock.pass(1)
    expect(await health()).toEqual([200, 'degraded', 10.1])
    hub.clock.pass(1_199_999)
    expect(await health()).toEqual([200, 'degraded', 30])
    hub.clock.pass(1)
    expect(await health()).toEqual([503, 'unhealthy', 30.1])
    hub.clock.set(-86_400_000)
    expect(await health()).toEqual([200, 'healthy', 0])
  })

  async function expectUnavailable(hub: TestHub, isReadable: boolean): Promise<void> {
    const health = await hub.inject({ url: '/health' })
    expect([health.statusCode, health.json().status, health.json().database]).toEqual([503, 'unavailable', 'disconnected'])
    const ready = await hub.inject({ url: '/health/ready' })
    expect([ready.statusCode, ready.json()]).toEqual([503, expect.objectContaining({ ready: false, reason: 'store unavailable' })])
    const readApi = async () => {
      const api = await hub.inject({ url: '/api/health' })
      return [api.statusCode, api.json()]
    }
    // On a busy machine a first answer may be that the store does not answer in time.
    await expect.poll(readApi).toEqual([
      503,
      expect.objectContaining({
        status: 'unhealthy',
        storage: { accessible: isReadable, writable: false, versionCount: isReadable ? 1 : 0 },
      }),
    ])
  }

  async function expectAvailable(hub: TestHub): Promise<void> {
    for (const url of ['/health', '/health/ready', '/api/health']) expect((await hub.inject({ url })).statusCode, url).toBe(200)
    expect((await ingest(hub)).statusCode).toBe(200)
  }

  it('reports a full disk, and recovers when there is space', async () => {
    const hub = await openHub()
    await putSnapshot(hub)
    await ingest(hub)
    const { db } = hub.store.connection
    const pages = db.pragma('page_count', { simple: true }) as number
    db.pragma(`max_page_count = ${pages}`)
    let answer = await ingest(hub)
    for (let n = 0; n < 100 && answer.statusCode === 200; n++) {
      answer = await hub.ask('POST', '/api/usage/calls', {
        payload: { machine_id: 'a', calls: Array.from({ length: 200 }, () => someCall()) },
      })
    }
    expect([answer.statusCode, answer.json()]).toEqual([
      500,
      expect.objectContaining({
        errorCode: 'STORAGE_WRITE_FAILED',
        message: 'The disk is full',
        suggestion: expect.stringContaining('Free space'),
      }),
    ])
    // Reports are still answered, with the confirmed calls only.
    const before = (await hub.ask('GET', '/api/usage')).json().totals.calls
    db.pragma(`max_page_count = ${pages * 100}`)
    await expectAvailable(hub)
    expect((await hub.ask('GET', '/api/usage')).json().totals.calls).toBe(before + 1)
  })

  it('reports a store that became read-only, and recovers by itself', async () => {
    const hub = await openHub()
    await putSnapshot(hub)
    hub.store.connection.db.pragma('query_only = 1')
    const answer = await ingest(hub)
    expect([answer.statusCode, answer.json().message]).toEqual([500, 'The hub database is read-only'])
    await expectUnavailable(hub, true)
    expect((await hub.ask('GET', '/api/usage')).statusCode).toBe(200)
    hub.store.connection.db.pragma('query_only = 0')
    await expectAvailable(hub)
  })

  it('reports a store that fails many reads, though it answers its own question, and recovers', async () => {
    const hub = await openHub()
    const { db } = hub.store.connection
    db.exec('ALTER TABLE audit RENAME TO away')
    const read = async () => {
      const answer = await hub.ask('GET', '/api/audit')
      return [answer.statusCode, answer.json().errorCode]
    }
    const health = async () => (await hub.inject({ url: '/health' })).statusCode
    for (let n = 0; n < 9; n++) expect(await read()).toEqual([500, 'STORAGE_READ_FAILED'])
    expect(await health()).toBe(200)
    await read()
    expect((await hub.inject({ url: '/health' })).json()).toMatchObject({
      status: 'unavailable',
      message: 'The hub database failed 10 reads and 0 writes in the last minute',
    })
    for (const url of ['/health', '/health/ready', '/api/health']) expect((await hub.inject({ url })).statusCode, url).toBe(503)
    db.exec('ALTER TABLE away RENAME TO audit')
    expect((await hub.ask('GET', '/api/audit')).statusCode).toBe(200)
    hub.clock.pass(10_000)
    expect(await health()).toBe(200)
  })

  it('reports a store that is gone, refuses writes, and recovers when it is back', async () => {
    const hub = await openHub()
    await putSnapshot(hub)
    await ingest(hub)
    hub.store.connection.db.pragma('wal_checkpoint(TRUNCATE)')
    const away = `${hub.folder}-away`
    fs.cpSync(hub.folder, away, { recursive: true })
    fs.rmSync(path.join(hub.folder, 'signalbox.db'))
    const write = await ingest(hub)
    expect([write.statusCode, write.json()]).toEqual([
      500,
      expect.objectContaining({ errorCode: 'STORAGE_WRITE_FAILED', message: 'The file of the hub database is gone' }),
    ])
    expect((await hub.ask('GET', '/api/usage')).json()).toMatchObject({ errorCode: 'STORAGE_READ_FAILED' })
    const state = await hub.ask('GET', '/events?format=json')
    expect(state.json()).toMatchObject({ statusCode: 500, error: 'database_error', path: '/events' })
    await expectUnavailable(hub, false)
    for (const file of ['signalbox.db-wal', 'signalbox.db-shm']) fs.rmSync(path.join(hub.folder, file), { force: true })
    fs.cpSync(path.join(away, 'signalbox.db'), path.join(hub.folder, 'signalbox.db'))
    fs.rmSync(away, { recursive: true })
    await expectAvailable(hub)
    expect((await hub.ask('GET', '/api/usage')).json().totals.calls).toBe(2)
  })
})

it('a stopping hub finishes running requests, and refuses new ones', async () => {
  const hub = await openHub()
  await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = hub.app.server.address() as AddressInfo
  const sendHead = async (head: string) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.on('data', (bytes) => (received += bytes.toString()))
    const over = new Promise<string>((resolve) => socket.on('close', () => resolve(received)))
    await new Promise<void>((resolve) => socket.write(head, () => resolve()))
    return (rest: string) => {
      socket.write(rest)
      return over
    }
  }
  const key = `Host: x\r\nAuthorization: Bearer ${masterKey}\r\n`
  const finishRunning = await sendHead(
    `POST /api/usage/calls HTTP/1.1\r\n${key}Content-Type: application/json\r\nContent-Length: 29\r\n\r\n{"machine_id":"a",`,
  )
  const late = [await sendHead(`GET /api/usage HTTP/1.1\r\n${key}`), await sendHead('GET /health/ready HTTP/1.1\r\nHost: x\r\n')]
  await expect.poll(() => new Promise((resolve) => hub.app.server.getConnections((_, count) => resolve(count)))).toBe(3)
  // The hub has read all three heads.
  await hub.inject({ url: '/health' })
  const closed = hub.app.close()
  const [usage, ready] = await Promise.all(late.map((finish) => finish('\r\n')))
  expect(usage).toMatch(/^HTTP\/1.1 503 .*"errorCode":"UNAVAILABLE"/s)
  expect(usage).toMatch(/^connection: close\r$/im)
  expect(ready).toMatch(/^HTTP\/1.1 503 .*"reason":"stopping"/s)
  expect(await finishRunning('"calls":[]}')).toMatch(/^HTTP\/1.1 200 .*"accepted":0/s)
  await closed
})
