import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openHub } from '../../apps/hub/test/open-hub.ts'
import { tempFolder } from '../support/temp.ts'
import { startSmallHub } from './small-hub.ts'

test('health reports a damaged store before a request reads the damage', async () => {
  const folder = tempFolder()
  const hub = await openHub({ folder, env: { LOG_LEVEL: 'silent' } })
  for (let n = 0; n < 200; n++)
    await hub.ask('POST', '/machines', {
      payload: { machine_id: `m${n}`, hostname: 'h', docker_slots: [1], metadata: { text: 'x'.repeat(2_000) } },
    })
  expect((await hub.inject({ url: '/health' })).statusCode).toBe(200)
  hub.store.connection.db.pragma('wal_checkpoint(TRUNCATE)')
  const file = path.join(folder, 'signalbox.db')
  const handle = fs.openSync(file, 'r+')
  const pages = Math.floor(fs.statSync(file).size / 4096)
  for (let page = 20; page < pages; page += 10) fs.writeSync(handle, Buffer.alloc(4096), 0, 4096, page * 4096)
  fs.closeSync(handle)
  await hub.store.verify()
  const health = await hub.inject({ url: '/health' })
  expect([health.statusCode, health.json().status, health.json().message]).toEqual([503, 'unavailable', 'The hub database is damaged'])
  expect((await hub.inject({ url: '/health/ready' })).statusCode).toBe(503)
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
