import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createSession } from '../../apps/hub/src/state/session.ts'
import { someCall } from '../../apps/hub/test/call.ts'
import { openHub } from '../../apps/hub/test/open-hub.ts'
import { tempFolder } from '../support/temp.ts'
import { startSmallHub } from './small-hub.ts'

const PAGE_BYTES = 4096
/** The first byte of a page with rows of a table. */
const ROWS = 0x0d

const AUDIT_TEXT = 'x'.repeat(2_000)
/** In the key of each call of `someCall`. */
const CALL_TEXT = 'msg_'

/** A data folder whose rows with this text are on pages of zeros. */
async function damagedFolder(text: typeof AUDIT_TEXT | typeof CALL_TEXT): Promise<string> {
  const folder = tempFolder()
  let close = async () => {}
  const { store } = await openHub({ folder, env: { LOG_LEVEL: 'silent' } }, (end) => (close = end))
  const change = { now: Date.now() }
  for (let n = 0; n < 40; n++) {
    await store.audit.append({ action: 'sessions.cleaned_up', key_name: 'the hub', details: { text: AUDIT_TEXT } }, change)
  }
  const calls = Array.from({ length: 2_000 }, () => someCall())
  await store.usage.ingest('machine', calls, change)
  await close()
  const file = path.join(folder, 'signalbox.db')
  const content = fs.readFileSync(file)
  const pages = Array.from({ length: content.length / PAGE_BYTES }, (_, n) => content.subarray(n * PAGE_BYTES, (n + 1) * PAGE_BYTES))
  const damaged = pages.filter((page) => page[0] === ROWS && page.includes(text))
  expect(damaged.length).toBeGreaterThan(10)
  for (const page of damaged) page.fill(0)
  fs.writeFileSync(file, content)
  return folder
}

// Nothing reads the rows of calls but a report that needs them.
test('a hub that starts with a damaged store finds the damage by itself, and health reports it', async () => {
  const hub = await startSmallHub({}, undefined, await damagedFolder(CALL_TEXT))
  const ask = (at: string) => fetch(`${hub.url}${at}`)
  await expect.poll(async () => (await ask('/health')).status).toBe(503)
  expect(await (await ask('/health')).json()).toMatchObject({ status: 'unavailable', message: 'The hub database is damaged' })
  expect((await ask('/health/ready')).status).toBe(503)
  expect(hub.child.output()).toContain('the hub database is not in order')
})

test('health reports damage that a request has met', async () => {
  const hub = await openHub({ folder: await damagedFolder(AUDIT_TEXT), env: { LOG_LEVEL: 'silent' } })
  expect((await hub.inject({ url: '/health' })).statusCode).toBe(200)
  const read = await hub.ask('GET', '/api/audit?limit=100')
  expect([read.statusCode, read.json().message]).toEqual([500, 'The hub database is damaged'])
  for (const url of ['/health', '/health/ready', '/api/health']) expect((await hub.inject({ url })).statusCode, url).toBe(503)
})

test.skipIf(process.platform === 'win32')('a store behind a link is written and read', async () => {
  const [folder, disk] = [tempFolder(), tempFolder()]
  const first = await startSmallHub({}, undefined, folder)
  expect((await first.ask('POST', '/machines', { machine_id: 'one', hostname: 'h', docker_slots: [1] })).status).toBe(201)
  await first.child.stop()
  for (const name of fs.readdirSync(folder).filter((name) => name.startsWith('signalbox.db'))) {
    fs.renameSync(path.join(folder, name), path.join(disk, name))
  }
  fs.symlinkSync(path.join(disk, 'signalbox.db'), path.join(folder, 'signalbox.db'))
  const second = await startSmallHub({}, undefined, folder)
  expect((await second.ask('POST', '/machines', { machine_id: 'two', hostname: 'h', docker_slots: [1] })).status).toBe(201)
  for (const id of ['one', 'two']) expect((await second.ask('GET', `/machines/${id}`)).status).toBe(200)
})

test('a body that is nested deeply is refused, and a snapshot is no large file', async () => {
  const hub = await startSmallHub()
  const post = (extraUsage: string) =>
    fetch(`${hub.url}/api/claude/console-usage`, {
      method: 'POST',
      headers: { authorization: 'Bearer attack-admin', 'content-type': 'application/json' },
      body: `{"lastUpdated":"${new Date().toISOString()}","currentSession":{"percentageUsed":1,"resetsIn":"1 hr"},"extraUsage":${extraUsage}}`,
    })
  const nested = (depth: number, width = 0) => `{"a":${'['.repeat(depth)}${'1,'.repeat(width)}1${']'.repeat(depth)}}`
  for (const depth of [20_000, 4_000, 70]) {
    const answer = await post(nested(depth))
    expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([400, 'The body is nested deeper than 64'])
  }
  const tooDeep = await post(nested(40))
  expect([tooDeep.status, ((await tooDeep.json()) as { message: string }).message]).toEqual([
    400,
    'extraUsage must not be nested deeper than 8',
  ])
  expect((await post(nested(6, 30_000))).status).toBe(200)
  const folder = path.join(hub.folder, 'console-usage-history')
  const size = () => fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0)
  await expect.poll(() => fs.existsSync(folder) && size() > 60_000).toBe(true)
  // Eight levels may be indented; a hundred megabytes came of thousands.
  expect(size()).toBeLessThan(1_000_000)
})

test('the sessions of a project are read in pages, so that four thousand with much metadata need little memory', async () => {
  const folder = tempFolder()
  let close = async () => {}
  const { store, config } = await openHub({ folder, env: { LOG_LEVEL: 'silent' } }, (end) => (close = end))
  const now = Date.now()
  const metadata = { text: 'x'.repeat(16_000) }
  for (let first = 0; first < 4_000; first += 1_000) {
    const made = Array.from({ length: 1_000 }, (_, n) => {
      const session_id = `session-${first + n}`
      const body = { session_id, project_id: 'p', machine_id: 'm', metadata }
      return store.sessions.change(session_id, { machine: { id: 'm' } }, { now }, (state) =>
        createSession(state, body, undefined, now, config.rules),
      )
    })
    await Promise.all(made)
  }
  await close()
  const hub = await startSmallHub({ RATE_LIMIT_PER_MINUTE: '10000' }, undefined, folder)
  const before = hub.memory()
  let peak = before
  const walk = async (pages: number) => {
    let rows = 0
    for (let at: string | undefined = '/sessions/by-project/p?limit=100'; at !== undefined && pages > 0; pages--) {
      const answer = await hub.ask('GET', at)
      expect(answer.status).toBe(200)
      const { sessions } = (await answer.json()) as { sessions: Record<string, object[]> }
      const page = Object.values(sessions).flat().length
      expect(page).toBeLessThanOrEqual(100)
      rows += page
      peak = Math.max(peak, hub.memory())
      at = /<(.+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
    }
    return rows
  }
  expect(await Promise.all([walk(100), walk(10), walk(10)])).toEqual([4_000, 1_000, 1_000])
  // It was 150 MB more; in one answer, three at once, 730.
  expect(peak - before).toBeLessThan(350)
  expect((await fetch(`${hub.url}/health`)).status).toBe(200)
})
