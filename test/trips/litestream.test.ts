import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { StateTrackingApiClient } from '@signalbox/client'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { missingLitestream, setupLitestream } from '../../scripts/setup/litestream.mjs'
import { createCall, sendCalls, startHub } from '../browser/harness.ts'
import { type Child, run, start } from '../support/child.ts'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'

// Litestream itself, with the settings of deploy/litestream, beside a hub that checkpoints its log on its own.

const POLL = { timeout: 60_000, interval: 100 }

test('with Litestream beside it, a hub is restored as it was at a moment, and as it was when both were killed', async ({ skip }) => {
  const program = setupLitestream()
  if (program === undefined) {
    if (process.env.CI === 'true') throw new Error(missingLitestream)
    return skip(missingLitestream)
  }
  const folder = tempFolder()
  const dataDir = path.join(folder, 'hub')
  fs.mkdirSync(dataDir, { mode: 0o700 })
  const database = path.join(dataDir, 'signalbox.db')
  const env = { DATA_DIR: dataDir, LITESTREAM_URL: `file://${path.join(folder, 'replica')}` }
  const config = path.join(repositoryRoot, 'deploy/litestream/litestream.yml')
  let copies = 0
  const restoreCopy = async (...words: string[]) => {
    const file = path.join(folder, `copy-${++copies}.db`)
    const { code, stderr, stdout } = await run(program, ['restore', '-config', config, '-o', file, ...words, database], { env })
    if (code !== 0) throw new Error(`litestream restore ended with ${code}: ${stdout}${stderr}`)
    return file
  }
  const replicate = (): Child => {
    const child = start(program, ['replicate', '-config', config], { env: { ...env, LOG_LEVEL: 'debug' } })
    onTestFinished(async () => void (await child.stop('SIGKILL')))
    return child
  }
  const untilCopied = (sessions: number) =>
    expect.poll(async () => sessionsIn(await restoreCopy().catch(() => undefined)), POLL).toBe(sessions)

  let hub = await startHub({ dataDir })
  onTestFinished(() => hub.kill())
  const litestream = replicate()
  const client = new StateTrackingApiClient({ baseUrl: hub.url })
  const write = async (sessions: number) => {
    await Promise.all(Array.from({ length: sessions }, () => client.createSession({ project_id: 'p', machine_id: 'm' })))
  }
  await write(10)
  await untilCopied(10)
  const then = new Date().toISOString()

  // The thread of a busy hub: it begins at 8 MiB of log, which Litestream's own checkpoints put off.
  const checkpoints = new Worker(path.join(repositoryRoot, 'apps/hub/src/store/sqlite/checkpoint-worker.ts'), {
    workerData: { path: database },
  })
  onTestFinished(async () => void (await checkpoints.terminate()))
  let batches = 0
  for (; !litestream.output().includes('msg=checkpoint') && batches < 20; batches++) {
    const calls = Array.from({ length: 2_500 }, (_, n) => createCall({ key: `msg_${batches}_${(n * 7919) % 2_500}:`, output: n + 1 }))
    await sendCalls(hub, 'm', calls)
    await write(1)
    await sleep(500)
  }
  expect(litestream.output()).toContain('msg=checkpoint')
  const all = { integrity: 'ok', sessions: 10 + batches, calls: 2_500 * batches }
  await untilCopied(all.sessions)
  await Promise.all([hub.kill(), litestream.stop('SIGKILL')])
  // A log that others had restarted would be a reason for another whole copy.
  expect(litestream.output().match(/reason="(?!first sync).*/g) ?? []).toEqual([])

  const latest = await restoreCopy()
  expect(countsOf(latest)).toEqual(all)
  const early = await restoreCopy('-timestamp', then)
  expect(countsOf(early)).toEqual({ integrity: 'ok', sessions: 10, calls: 0 })

  const cli = path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs')
  const restored = await run(process.execPath, [cli, 'restore', early, '--yes', '--json'], { env: { ...env, HOME: folder } })
  expect(restored.stderr).toBe('')
  expect(JSON.parse(restored.stdout)).toMatchObject({ counts: { sessions: 10 }, kept: [`${database}.before-restore`] })

  // Both go on, and the copies are those of the restored database from now on.
  hub = await startHub({ dataDir })
  replicate()
  await new StateTrackingApiClient({ baseUrl: hub.url }).createSession({ project_id: 'p', machine_id: 'm' })
  await untilCopied(11)
  expect(countsOf(await restoreCopy('-timestamp', then)).sessions).toBe(10)
}, 200_000)

function sessionsIn(file: string | undefined): number {
  return file === undefined ? -1 : countsOf(file).sessions
}

function countsOf(file: string): { integrity: unknown; sessions: number; calls: number } {
  const db = new Database(file, { readonly: true })
  try {
    const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number
    return { integrity: db.pragma('integrity_check', { simple: true }), sessions: count('session'), calls: count('call') }
  } finally {
    db.close()
  }
}
