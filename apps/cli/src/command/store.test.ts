import fs from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { someCall } from '../../../hub/test/call.ts'
import { runCommand, startSignalbox } from '../cli.suite.ts'
import { type HubFixture, openHubFixture, shareHubFixture } from '../hub.suite.ts'

const copy = (folder: string, words: readonly string[], env: Record<string, string> = {}) =>
  runCommand(folder, ['store', 'copy', ...words], { CLAUDE_CONFIG_DIR: '', ...env })

/** A hub with a session, a key and a call; its folder is the source. */
async function fillSource({ hub, client }: HubFixture) {
  const { session_id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  await client.ingestCalls('m', [
    {
      key: 'a:',
      at: '2026-10-06T09:00:00.000Z',
      model: 'claude-opus-5-5',
      is_sidechain: false,
      input: 1,
      output: 2,
      write_5m: 0,
      write_1h: 0,
      read: 0,
    },
  ])
  await hub.store.keys.create({ key_id: 'k_1', name: 'n', prefix: 'sbx_abcd', scopes: ['read'] }, 'hash', { now: Date.now() })
  return { from: hub.folder, client, session_id }
}

const source = shareHubFixture(fillSource)

interface Counts {
  readonly added: number
  readonly updated: number
  readonly unchanged: number
}

test('a store is copied while its hub runs, and copied again', async () => {
  const { from, client, session_id } = await fillSource(await openHubFixture())
  const folder = tempFolder()
  const to = path.join(folder, 'new')
  const first = await copy(folder, ['--from', from, '--to', to])
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout).toMatch(/^ +Added +Updated +Unchanged +Skipped\n/)
  expect(first.stdout).toMatch(/^Sessions +1 +0 +0 +0$/m)
  expect(first.stdout).toMatch(/^Cookie secret +1 +0 +0 +0$/m)
  expect(first.stdout).toContain(`Copied ${from} to ${to} in `)
  if (process.platform !== 'win32') expect(fs.statSync(path.join(to, 'signalbox.db')).mode & 0o777).toBe(0o600)
  await client.updateSession(session_id, { status: 'completed' })
  const { code, stdout } = await copy(folder, ['--from', from, '--to', to, '--yes', '--json'])
  const { counts, finished, remarks } = JSON.parse(stdout) as { counts: Record<string, Counts>; finished: boolean; remarks: unknown[] }
  expect([code, finished, remarks]).toEqual([0, true, []])
  expect(counts.sessions).toMatchObject({ added: 0, updated: 1, unchanged: 0 })
  expect(counts.calls).toMatchObject({ added: 0, updated: 0, unchanged: 1 })
})

test('a hub can start with the copy as its DATA_DIR', async () => {
  const { from, session_id } = source()
  const folder = tempFolder()
  const to = path.join(folder, 'data')
  expect((await copy(folder, ['--from', from, '--to', to])).code).toBe(0)
  expect(fs.existsSync(`${path.join(to, 'signalbox.db')}-wal`)).toBe(false)
  const hub = startSignalbox(folder, ['hub'], { PORT: '0', API_KEYS: 'me' })
  onTestFinished(async () => void (await hub.stop('SIGKILL')))
  const [, url] = await hub.line(/listens on (http:[^\s"]+)/)
  const answer = await fetch(`${url}/sessions/${session_id}`, { headers: { authorization: 'Bearer me' } })
  expect(await answer.json()).toMatchObject({ session_id, status: 'active' })
  // A store in use by a hub can be the source, but not the target.
  const held = await copy(folder, ['--from', from, '--to', to, '--yes'])
  expect([held.code, held.stderr]).toEqual([1, `signalbox store copy: A hub uses ${to}. Stop it, copy then, and start it again.\n`])
  expect((await copy(folder, ['--to', path.join(folder, 'third')])).code).toBe(0)
})

test('a target that is not empty needs --yes', async () => {
  const { from } = source()
  const folder = tempFolder()
  const to = path.join(folder, 'new')
  await copy(folder, ['--from', from, '--to', to])
  const { code, stdout, stderr } = await copy(folder, ['--from', from, '--to', to])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('--yes')
})

test('a missing store is not created', async () => {
  const folder = tempFolder()
  const { code, stderr } = await copy(folder, ['--from', path.join(folder, 'nothing'), '--to', path.join(folder, 'new')])
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^signalbox store copy: There is no signalbox\.db in .*nothing\. [^\n]+\n$/)])
  fs.mkdirSync(path.join(folder, 'empty'))
  expect((await copy(folder, ['--from', path.join(folder, 'empty'), '--to', path.join(folder, 'new')])).code).toBe(1)
  expect(fs.readdirSync(folder)).toEqual(['empty'])
  expect(fs.readdirSync(path.join(folder, 'empty'))).toEqual([])
})

test('a store is not copied into itself, under any path', async () => {
  const { from } = source()
  const folder = tempFolder()
  fs.symlinkSync(from, path.join(folder, 'link'))
  for (const to of [from, `${from}/../${path.basename(from)}`, path.join(folder, 'link')]) {
    const { code, stderr } = await copy(folder, ['--from', from, '--to', to])
    expect([code, stderr]).toEqual([2, expect.stringContaining('one folder')])
  }
})

test.each([
  [['--to', 'mongodb://me:hunt/er2@127.0.0.1:9/db'], 1, '--to mongodb://127.0.0.1:9/db: --to cannot be read'],
  [
    ['--to', 'mongodb://me:hunter2@127.0.0.1:9/db?serverSelectionTimeoutMS=100'],
    1,
    '--to mongodb://127.0.0.1:9/db: The hub database cannot be reached',
  ],
  [['--to', 'postgres://me:hunter2@127.0.0.1:9/db'], 2, '--to must be a folder'],
  [['--to', '/proc/1/a/b'], 2, '--to must be a folder on a disk'],
  [['--to', ''], 2, '--to must be a folder'],
  [[], 2, '--to is missing'],
  [['--into', 'x'], 2, '--into'],
])('%j ends with %i, and an error without the password', async (words, code, message) => {
  const { from } = source()
  const end = await copy(tempFolder(), ['--from', from, ...words])
  expect([end.code, end.stdout]).toEqual([code, ''])
  expect(end.stderr).toContain(message)
  expect(end.stderr).not.toMatch(/hunt/)
})

test('the default target is MONGODB_URI, and its password is not printed either', async () => {
  const { from } = source()
  const end = await copy(tempFolder(), ['--from', from], { MONGODB_URI: 'mongodb://me:hunter2@127.0.0.1:9/?serverSelectionTimeoutMS=100' })
  expect([end.code, end.stderr]).toEqual([
    1,
    expect.stringMatching(/^signalbox store copy: --to mongodb:\/\/127\.0\.0\.1:9\/: The hub database cannot be reached/),
  ])
})

test.skipIf(process.platform === 'win32')('Ctrl-C stops it between two batches, and the same command continues', async () => {
  const { hub } = await openHubFixture()
  for (let n = 0; n < 60; n++) {
    await hub.store.usage.ingest(
      'm',
      Array.from({ length: 1000 }, () => someCall()),
      { now: Date.now() },
    )
  }
  const folder = tempFolder()
  const to = path.join(folder, 'new')
  const words = ['store', 'copy', '--from', hub.folder, '--to', to, '--yes', '--json']
  const child = startSignalbox(folder, words)
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  await expect.poll(() => fs.existsSync(path.join(to, 'signalbox.db')), { interval: 10, timeout: 20_000 }).toBe(true)
  const { code, stdout, stderr } = await child.stop('SIGINT')
  expect([code, stderr]).toEqual([1, 'Stopped. Records copied so far are kept; run the same command to continue.\n'])
  const { finished, counts } = JSON.parse(stdout) as { finished: boolean; counts: { calls: Counts } }
  expect(finished).toBe(false)
  expect(counts.calls.added).toBeLessThan(60_000)
  const again = JSON.parse((await runCommand(folder, words)).stdout) as { counts: { calls: Counts } }
  expect(again.counts.calls).toMatchObject({ added: 60_000 - counts.calls.added, unchanged: counts.calls.added })
})
