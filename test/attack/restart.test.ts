import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openLedger } from '@signalbox/ledger'
import { expect, onTestFinished, test } from 'vitest'
import { type Child, startNode } from '../support/child.ts'
import { stretchForLoad } from '../support/machine-load.ts'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'

const env = { API_KEYS: 'one', NODE_ENV: undefined, MONGODB_URI: undefined, PORT: '0', HOST: undefined, LOG_LEVEL: 'info' }

function start(app: 'hub' | 'collector', more: Record<string, string>): Child {
  const child = startNode([path.join(repositoryRoot, `apps/${app}/src/main.ts`)], { ipc: true, env: { ...env, ...more } })
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  return child
}

function hub(folder: string) {
  const child = start('hub', { DATA_DIR: folder })
  const listening = child.message((message) => (message as { listening?: string }).listening)
  return { child, listening }
}

function collector(folder: string) {
  const dataDir = path.join(folder, 'data')
  const child = start('collector', {
    DATA_DIR: dataDir,
    CLAUDE_CONFIG_DIR: path.join(folder, 'claude'),
    SIGNALBOX_URL: 'http://127.0.0.1:1',
    LIMIT_SOURCES: 'claude-json',
  })
  return { child, dataDir, collecting: child.message((message) => (message as { collecting?: true }).collecting) }
}

test('a hub and a collector that were killed start again at once', async () => {
  const [hubFolder, collectorFolder] = [tempFolder(), tempFolder()]
  const [oldHub, oldCollector] = [hub(hubFolder), collector(collectorFolder)]
  await Promise.all([oldHub.listening, oldCollector.collecting])
  // The next starts before the last is gone.
  for (const { child } of [oldHub, oldCollector]) child.process.kill('SIGKILL')
  const [nextHub, nextCollector] = [hub(hubFolder), collector(collectorFolder)]
  expect(await nextHub.listening).toMatch(/^http:/)
  expect(await nextCollector.collecting).toBe(true)
})

test('a hub that finds another waits for its end, and says so', async () => {
  const folder = tempFolder()
  const first = hub(folder)
  await first.listening
  const next = hub(folder)
  await next.child.line(/Another hub uses .* waiting 5 s for its end/)
  await first.child.stop()
  expect(await next.listening).toMatch(/^http:/)
})

test('a collector takes over from one on a machine that is gone, and refuses beside one that works', async () => {
  const folder = tempFolder()
  const dataDir = path.join(folder, 'data')
  // A container that was killed: the next one has another name, and cannot ask for the process.
  const ledger = openLedger({ dataDir })
  ledger.close()
  const file = path.join(dataDir, 'ledger.db')
  writeLease(file, { token: 'x', pid: 1, host: `not-${os.hostname()}`, until: Date.now() + 60_000 })
  const first = collector(folder)
  await first.child.line(/another collector holds this DATA_DIR; waiting up to 10 s/)
  expect(await first.collecting).toBe(true)
  const second = collector(folder)
  second.collecting.catch(() => {})
  const { code, stderr } = await second.child.finished
  expect([code, stderr]).toEqual([1, expect.stringContaining('another collector already runs on this DATA_DIR')])
  expect((await first.child.stop()).code).toBe(0)
})

/** Not by the driver, which only the stores import. */
function writeLease(file: string, record: object): void {
  const write = `const Database = require('better-sqlite3')
    new Database(process.argv[1]).prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('collector', ?)").run(process.argv[2])`
  execFileSync(process.execPath, ['-e', write, file, JSON.stringify(record)], { cwd: repositoryRoot })
}

test.skipIf(process.platform === 'win32')('a FIFO in the place of a file of Claude Code holds no collector up', async () => {
  const folder = tempFolder()
  const claude = path.join(folder, 'claude')
  fs.mkdirSync(claude, { recursive: true })
  execFileSync('mkfifo', [path.join(claude, '.claude.json')])
  const { child, collecting, dataDir } = collector(folder)
  await collecting
  const status = () => fs.readFileSync(path.join(dataDir, 'collector.json'), 'utf8')
  await expect.poll(status).toContain('it is not a file')
  const started = performance.now()
  child.process.kill('SIGTERM')
  await once(child.process, 'exit')
  expect(performance.now() - started).toBeLessThan(await stretchForLoad(8_000))
  expect(child.process.exitCode).toBe(0)
})
