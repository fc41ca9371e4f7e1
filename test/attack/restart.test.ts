import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { stretchForLoad } from '../support/machine-load.ts'
import { tempFolder } from '../support/temp.ts'
import { collector, hub } from './program.ts'

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
