import fs from 'node:fs'
import path from 'node:path'
import { StateTrackingApiClient } from '@signalbox/client'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../test/support/mongo.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openMongoStore } from '../../../hub/src/store/mongo/open.ts'
import { masterKey, openHub } from '../../../hub/test/open-hub.ts'
import { someSnapshot } from '../../../hub/test/snapshot.ts'
import { runCommand, startSignalbox } from '../cli.suite.ts'

vi.setConfig({ testTimeout: 60_000 })

const START = Date.parse('2026-10-06T09:00:00.000Z')
const latest = 'console-usage-synced.json'

/** A hub with some snapshots in its store that writes no files itself; it keeps running during the commands. */
async function openMirror(snapshots = 5) {
  const hub = await openHub()
  for (let n = 0; n < snapshots; n++) await hub.store.limits.put(someSnapshot(START + n * 60_000), { now: START + n * 60_000 })
  const history = path.join(hub.folder, 'console-usage-history')
  const run = (words: readonly string[], env: Record<string, string> = {}) =>
    runCommand(tempFolder(), ['mirror', ...words], { DATA_DIR: hub.folder, ...env })
  const versions = () => fs.readdirSync(history).filter((name) => /^\d{4}-/.test(name))
  return { hub, history, run, versions }
}

test('missing and damaged files are reported, and written: while the hub runs and without it, as text and as JSON', async () => {
  const { hub, history, run, versions } = await openMirror()
  const before = await run(['status'])
  expect([before.code, before.stderr]).toEqual([1, ''])
  expect(before.stdout).toContain('5 versions without a file, such as 2026-10-06T09-00-00-')
  expect(before.stdout).toContain('signalbox mirror rebuild')
  const rebuilt = await run(['rebuild'])
  expect(rebuilt).toMatchObject({ code: 0, stderr: '' })
  expect(rebuilt.stdout).toMatch(/^Rebuilt .*console-usage-history in [\d.]+ s: 5 versions, 5 written, 0 unchanged, 0 files deleted\.\n$/)
  expect(versions()).toHaveLength(5)
  expect(JSON.parse(fs.readFileSync(path.join(hub.folder, latest), 'utf8'))).toMatchObject({ lastUpdated: '2026-10-06T09:04:00.000Z' })
  fs.writeFileSync(path.join(history, 'mine.json'), 'mine')
  const after = await run(['status'])
  expect([after.code, after.stderr]).toEqual([0, ''])
  expect(after.stdout).toMatch(/^Database +5 versions$/m)
  expect(after.stdout).toMatch(/^Other files +1 file, left alone$/m)
  expect(after.stdout).toMatch(/^Files +match the hub database$/m)

  await hub.app.close()
  await hub.store.close()
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
    foreign: 1,
    latestIsRight: true,
    metadataIsRight: true,
    inOrder: false,
  })
  const again = await run(['rebuild', '--json'])
  expect([again.code, again.stderr]).toEqual([0, ''])
  expect(JSON.parse(again.stdout)).toMatchObject({ versions: 5, written: 2, unchanged: 3, removed: 0, aside: [], finished: true })
  expect(JSON.parse((await run(['status', '--json'])).stdout)).toMatchObject({ inOrder: true })
})

test('a stored version of a year that is none steps aside: rebuild and status name it, and go on with the others', async () => {
  const { hub, run, versions } = await openMirror(2)
  // As a hub of before stored it, which took any year.
  const early = { ...someSnapshot(START), lastUpdated: '-000001-12-31T23:00:00Z' }
  await hub.store.limits.put(early, { now: START })
  const rebuilt = await run(['rebuild'])
  expect([rebuilt.code, rebuilt.stderr]).toEqual([0, ''])
  expect(rebuilt.stdout).toMatch(
    / 3 versions, 2 written, 0 unchanged, 0 files deleted\.\nNot written, because .* it can be no name of a file: -000001-12-31T23-00-[0-9a-f]{8}\.json\n$/,
  )
  expect(versions()).toHaveLength(2)
  const status = await run(['status'])
  expect([status.code, status.stdout]).toEqual([0, expect.stringMatching(/^Without file +1 version, such as -000001-12-31T/m)])
  expect(status.stdout).toMatch(/^Files +match the hub database$/m)
})

test('the state of a hub with the same store is shown, that of another hub is not', async () => {
  const folder = tempFolder()
  const env = { API_KEYS: 'k', PORT: '0', HOST: '' }
  const child = startSignalbox(folder, ['hub'], env)
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  const [, url = ''] = await child.line(/listens on (http:[^\s"]+)/)
  const run = async (words: string[] = []) =>
    runCommand(folder, ['mirror', 'status', ...words], { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: 'k' })
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey: 'k' })
  const metadata = path.join(folder, 'data', 'console-usage-history', '_metadata.json')
  const put = (minutes: number) => client.createLimitSnapshot(someSnapshot(Date.now() - minutes * 60_000))
  await put(3)
  const state = async () => (await client.getMirrorState()).state
  await expect.poll(state, { timeout: 20_000 }).toBe('following')
  await expect.poll(() => fs.existsSync(metadata), { timeout: 20_000 }).toBe(true)
  const well = await run()
  expect([well.code, well.stdout]).toEqual([0, expect.stringMatching(/^Hub +up to date for \d+ s$/m)])

  // A folder has the name of a file.
  fs.rmSync(metadata)
  fs.mkdirSync(metadata)
  await put(2)
  await expect.poll(state, { timeout: 20_000 }).toBe('failing')
  const status = JSON.parse((await run(['--json'])).stdout)
  expect(status).toMatchObject({
    inOrder: false,
    hub: { store_id: status.store_id, kept: true, state: 'failing', problem: { code: 'EISDIR' } },
  })
  const stuck = await run()
  expect(stuck.code).toBe(1)
  expect(stuck.stdout.replace(/\s+/g, ' ')).toMatch(/ Hub cannot write the files for \d+ s: .*console-usage-history/)

  const other = await openHub()
  const elsewhere = await other.app.listen({ port: 0, host: '127.0.0.1' })
  for (const SIGNALBOX_URL of [elsewhere, 'http://127.0.0.1:9']) {
    const { stdout, stderr } = await runCommand(folder, ['mirror', 'status'], { SIGNALBOX_URL, SIGNALBOX_API_KEY: masterKey })
    expect([stdout, stderr]).toEqual([expect.not.stringMatching(/^Hub/m), ''])
  }
})

test('a hub that writes no files has no problem', async () => {
  const { hub, run } = await openMirror()
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const { code, stdout } = await run(['status'], { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: masterKey })
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^Hub +running, writes no files$/m)])
})

test('with LIMIT_MIRROR=false missing files are no problem, and rebuild still writes them', async () => {
  const { run, versions } = await openMirror()
  const off = { LIMIT_MIRROR: 'false' }
  const before = await run(['status'], off)
  expect(before.code).toBe(0)
  expect(before.stdout).toMatch(/^Enabled +no: LIMIT_MIRROR is false$/m)
  expect((await run(['rebuild'], off)).code).toBe(0)
  expect(versions()).toHaveLength(5)
})

test('an obstacle is named, with a suggestion', async () => {
  const { history, run } = await openMirror()
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
])('%j is a usage error', async (words, code, message) => {
  const end = await runCommand(tempFolder(), ['mirror', ...words])
  expect([end.code, end.stdout]).toEqual([code, ''])
  expect(end.stderr).toContain(message)
})

test('a missing store is not created', async () => {
  const folder = tempFolder()
  for (const command of ['status', 'rebuild']) {
    const { code, stdout, stderr } = await runCommand(folder, ['mirror', command], { CLAUDE_CONFIG_DIR: '' })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^signalbox mirror: There is no signalbox\.db in .*data\. Set DATA_DIR to [^\n]+\n$/)
  }
  expect(fs.readdirSync(folder)).toEqual([])
})

test('an unreachable database is reported without its password', async () => {
  const { code, stderr } = await runCommand(tempFolder(), ['mirror', 'rebuild'], {
    MONGODB_URI: 'mongodb://me:hunter2@127.0.0.1:9/?serverSelectionTimeoutMS=100',
  })
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^signalbox mirror: The hub database cannot be reached/)])
  expect(stderr).not.toContain('hunter2')
})

describe('with MongoDB', () => {
  beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

  test('hubs write no files, and rebuild writes them into DATA_DIR', async () => {
    const uri = await freshDatabase()
    const store = await openMongoStore({ uri, prices: defaultPriceTable() })
    onTestFinished(() => store.close())
    const snapshots = [0, 1, 2].map((n) => someSnapshot(START + n * 60_000))
    for (const snapshot of snapshots) await store.limits.put(snapshot, { now: START })
    const folder = tempFolder()
    const run = (command: string) => runCommand(folder, ['mirror', command, '--json'], { MONGODB_URI: uri })
    const before = await run('status')
    expect([before.code, JSON.parse(before.stdout)]).toMatchObject([0, { kept: false, versions: 3, inOrder: false }])
    const rebuilt = await run('rebuild')
    expect([rebuilt.code, JSON.parse(rebuilt.stdout)]).toMatchObject([0, { versions: 3, written: 3, finished: true }])
    expect(JSON.parse(fs.readFileSync(path.join(folder, 'data', latest), 'utf8'))).toEqual(snapshots[2])
    // The file of a version that retention has deleted is deleted too.
    await store.limits.retain('', { versions: 2, days: 0 }, START + 86_400_000)
    expect(JSON.parse((await run('rebuild')).stdout)).toMatchObject({ versions: 2, written: 0, removed: 1 })
    expect(JSON.parse((await run('status')).stdout)).toMatchObject({ inOrder: true })
  }, 60_000)
})

test.skipIf(process.platform === 'win32')(
  'Ctrl-C stops it between two files, and the same command continues',
  async () => {
    const { hub, history, versions } = await openMirror(300)
    const words = ['mirror', 'rebuild', '--json']
    const child = startSignalbox(tempFolder(), words, { DATA_DIR: hub.folder })
    onTestFinished(async () => void (await child.stop('SIGKILL')))
    await expect.poll(() => fs.existsSync(history) && versions().length > 0, { interval: 2, timeout: 20_000 }).toBe(true)
    const { code, stdout, stderr } = await child.stop('SIGINT')
    expect([code, stderr]).toEqual([1, 'Stopped. Files written so far are kept; run the same command to continue.\n'])
    const { finished, written } = JSON.parse(stdout) as { finished: boolean; written: number }
    expect(finished).toBe(false)
    expect(versions()).toHaveLength(written)
    const again = JSON.parse((await runCommand(tempFolder(), words, { DATA_DIR: hub.folder })).stdout) as Record<string, unknown>
    expect(again).toMatchObject({ written: 300 - written, unchanged: written, finished: true })
  },
  60_000,
)
