import fs from 'node:fs'
import path from 'node:path'
import { StateTrackingApiClient } from '@signalbox/client'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { freshDatabase, MONGO_PATIENCE_MS, mongoForTests } from '../../../../test/support/mongo.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openMongoStore } from '../../../hub/src/store/mongo/open.ts'
import { masterKey, openHub } from '../../../hub/test/open-hub.ts'
import { someReading } from '../../../hub/test/reading.ts'
import { signalbox, startSignalbox } from '../cli.suite.ts'

vi.setConfig({ testTimeout: 60_000 })

const START = Date.parse('2026-10-06T09:00:00.000Z')
const latest = 'console-usage-synced.json'

/** A hub with some readings in its store, which keeps no files itself; it goes on while the commands run. */
async function house(readings = 5) {
  const hub = await openHub()
  for (let n = 0; n < readings; n++) await hub.store.limits.put(someReading(START + n * 60_000), { now: START + n * 60_000 })
  const history = path.join(hub.folder, 'console-usage-history')
  const run = (words: readonly string[], env: Record<string, string> = {}) =>
    signalbox(tempFolder(), ['mirror', ...words], { DATA_DIR: hub.folder, ...env })
  const versions = () => fs.readdirSync(history).filter((name) => /^\d{4}-/.test(name))
  return { hub, history, run, versions }
}

test('files that are missing are told of, and written while the hub runs', async () => {
  const { hub, history, run, versions } = await house()
  const before = await run(['status'])
  expect([before.code, before.stderr]).toEqual([1, ''])
  expect(before.stdout).toContain('5 versions without a file, such as 2026-10-06T09-00-00-')
  expect(before.stdout).toContain('signalbox mirror rebuild')
  const rebuilt = await run(['rebuild'])
  expect(rebuilt).toMatchObject({ code: 0, stderr: '' })
  expect(rebuilt.stdout).toMatch(
    /^Rebuilt .*console-usage-history in [\d.]+ s: 5 versions, 5 written, 0 as they should be, 0 files removed\.\n$/,
  )
  expect(versions()).toHaveLength(5)
  expect(JSON.parse(fs.readFileSync(path.join(hub.folder, latest), 'utf8'))).toMatchObject({ lastUpdated: '2026-10-06T09:04:00.000Z' })
  fs.writeFileSync(path.join(history, 'mine.json'), 'mine')
  const after = await run(['status'])
  expect([after.code, after.stderr]).toEqual([0, ''])
  expect(after.stdout).toMatch(/^Store +5 versions$/m)
  expect(after.stdout).toMatch(/^Others +1 file of others, left alone$/m)
  expect(after.stdout).toMatch(/^Files +as the store has it$/m)
})

test('for a program there is JSON, of both', async () => {
  const { history, run, versions } = await house()
  await run(['rebuild'])
  const [damaged, gone] = versions() as [string, string]
  fs.writeFileSync(path.join(history, damaged), 'no JSON')
  fs.rmSync(path.join(history, gone))
  const status = await run(['status', '--json'])
  expect(status.code).toBe(1)
  expect(JSON.parse(status.stdout)).toMatchObject({
    folder: history,
    kept: true,
    versions: 5,
    missing: [gone],
    damaged: [damaged],
    leftOver: [],
    foreign: 0,
    latestIsRight: true,
    metadataIsRight: true,
    inOrder: false,
  })
  const rebuilt = await run(['rebuild', '--json'])
  expect([rebuilt.code, rebuilt.stderr]).toEqual([0, ''])
  expect(JSON.parse(rebuilt.stdout)).toMatchObject({ versions: 5, written: 2, unchanged: 3, removed: 0, aside: [], finished: true })
  expect(JSON.parse((await run(['status', '--json'])).stdout)).toMatchObject({ inOrder: true })
})

test('a hub that runs on that store is asked too, and another one is not', async () => {
  const folder = tempFolder()
  const env = { API_KEYS: 'k', PORT: '0', HOST: '' }
  const child = startSignalbox(folder, ['hub'], env)
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  const [, url = ''] = await child.line(/listens on (http:[^\s"]+)/)
  const run = async (words: string[] = []) =>
    signalbox(folder, ['mirror', 'status', ...words], { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: 'k' })
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey: 'k' })
  const metadata = path.join(folder, 'data', 'console-usage-history', '_metadata.json')
  const put = (minutes: number) => client.createLimitReading(someReading(Date.now() - minutes * 60_000))
  await put(3)
  const state = async () => (await client.getMirrorState()).state
  await expect.poll(state, { timeout: 20_000 }).toBe('following')
  await expect.poll(() => fs.existsSync(metadata), { timeout: 20_000 }).toBe(true)
  const well = await run()
  expect([well.code, well.stdout]).toEqual([0, expect.stringMatching(/^Hub +follows the store for \d+ s$/m)])

  // Something that is no file is in the way.
  fs.rmSync(metadata)
  fs.mkdirSync(metadata)
  await put(2)
  await expect.poll(state, { timeout: 20_000 }).toBe('failing')
  const told = JSON.parse((await run(['--json'])).stdout)
  expect(told).toMatchObject({
    inOrder: false,
    hub: { store_id: told.store_id, kept: true, state: 'failing', problem: { code: 'EISDIR' } },
  })
  const stuck = await run()
  expect(stuck.code).toBe(1)
  expect(stuck.stdout.replace(/\s+/g, ' ')).toMatch(/ Hub cannot write them for \d+ s: .*console-usage-history/)

  const other = await openHub()
  const elsewhere = await other.app.listen({ port: 0, host: '127.0.0.1' })
  for (const SIGNALBOX_URL of [elsewhere, 'http://127.0.0.1:9']) {
    const { stdout, stderr } = await signalbox(folder, ['mirror', 'status'], { SIGNALBOX_URL, SIGNALBOX_API_KEY: masterKey })
    expect([stdout, stderr]).toEqual([expect.not.stringMatching(/^Hub/m), ''])
  }
})

test('a hub that writes no files has none to be wrong', async () => {
  const { hub, run } = await house()
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const { code, stdout } = await run(['status'], { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: masterKey })
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^Hub +runs, and writes no files$/m)])
})

test('no hub need run', async () => {
  const { hub, run, versions } = await house()
  await hub.app.close()
  await hub.store.close()
  expect((await run(['rebuild'])).code).toBe(0)
  expect(versions()).toHaveLength(5)
  expect((await run(['status'])).code).toBe(0)
})

test('where the files are switched off nothing is wrong, and a rebuild writes them all the same', async () => {
  const { run, versions } = await house()
  const off = { LIMIT_MIRROR: 'false' }
  const before = await run(['status'], off)
  expect(before.code).toBe(0)
  expect(before.stdout).toMatch(/^Kept +no: LIMIT_MIRROR is false$/m)
  expect((await run(['rebuild'], off)).code).toBe(0)
  expect(versions()).toHaveLength(5)
})

test('what is in the way is named, and what to do', async () => {
  const { history, run } = await house()
  fs.writeFileSync(history, 'mine')
  const { code, stdout, stderr } = await run(['rebuild'])
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(
    /^signalbox mirror: .*console-usage-history is not a folder: .* free; .*\. Move away what is in its place; then run this again\.\n$/,
  )
  expect(fs.readFileSync(history, 'utf8')).toBe('mine')
})

test.each([
  [['rebuilt'], 2, 'rebuilt'],
  [['rebuild', '--all'], 2, '--all'],
  [['status', 'now'], 2, 'too many arguments'],
])('%j is not understood', async (words, code, message) => {
  const end = await signalbox(tempFolder(), ['mirror', ...words])
  expect([end.code, end.stdout]).toEqual([code, ''])
  expect(end.stderr).toContain(message)
})

test('where there is no store, none is made', async () => {
  const folder = tempFolder()
  for (const command of ['status', 'rebuild']) {
    const { code, stdout, stderr } = await signalbox(folder, ['mirror', command])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^signalbox mirror: There is no signalbox\.db in .*data\. Set DATA_DIR to [^\n]+\n$/)
  }
  expect(fs.readdirSync(folder)).toEqual([])
})

test('a database that cannot be reached is said to, without its password', async () => {
  const { code, stderr } = await signalbox(tempFolder(), ['mirror', 'rebuild'], {
    MONGODB_URI: 'mongodb://me:hunter2@127.0.0.1:9/?serverSelectionTimeoutMS=100',
  })
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^signalbox mirror: The store cannot be reached/)])
  expect(stderr).not.toContain('hunter2')
})

describe('with MongoDB', () => {
  beforeAll(mongoForTests, MONGO_PATIENCE_MS)

  test('no hub writes files, and a rebuild does, into DATA_DIR', async () => {
    const uri = await freshDatabase()
    const store = await openMongoStore({ uri, prices: defaultPriceTable() })
    onTestFinished(() => store.close())
    const readings = [0, 1, 2].map((n) => someReading(START + n * 60_000))
    for (const reading of readings) await store.limits.put(reading, { now: START })
    const folder = tempFolder()
    const run = (command: string) => signalbox(folder, ['mirror', command, '--json'], { MONGODB_URI: uri })
    const before = await run('status')
    expect([before.code, JSON.parse(before.stdout)]).toMatchObject([0, { kept: false, versions: 3, inOrder: false }])
    const rebuilt = await run('rebuild')
    expect([rebuilt.code, JSON.parse(rebuilt.stdout)]).toMatchObject([0, { versions: 3, written: 3, finished: true }])
    expect(JSON.parse(fs.readFileSync(path.join(folder, 'data', latest), 'utf8'))).toEqual(readings[2])
    // Retention there has removed one since: its file is known for ours.
    await store.limits.retain('', { versions: 2, days: 0 }, START + 86_400_000)
    expect(JSON.parse((await run('rebuild')).stdout)).toMatchObject({ versions: 2, written: 0, removed: 1 })
    expect(JSON.parse((await run('status')).stdout)).toMatchObject({ inOrder: true })
  }, 60_000)
})

test.skipIf(process.platform === 'win32')(
  'Ctrl-C stops it between two files, and the same command goes on from there',
  async () => {
    const { hub, history, versions } = await house(300)
    const words = ['mirror', 'rebuild', '--json']
    const child = startSignalbox(tempFolder(), words, { DATA_DIR: hub.folder })
    onTestFinished(async () => void (await child.stop('SIGKILL')))
    await expect.poll(() => fs.existsSync(history) && versions().length > 0, { interval: 2, timeout: 20_000 }).toBe(true)
    const { code, stdout, stderr } = await child.stop('SIGINT')
    expect([code, stderr]).toEqual([1, 'Stopped. What is written stays; the same command goes on from there.\n'])
    const { finished, written } = JSON.parse(stdout) as { finished: boolean; written: number }
    expect(finished).toBe(false)
    expect(versions()).toHaveLength(written)
    const again = JSON.parse((await signalbox(tempFolder(), words, { DATA_DIR: hub.folder })).stdout) as Record<string, unknown>
    expect(again).toMatchObject({ written: 300 - written, unchanged: written, finished: true })
  },
  60_000,
)
