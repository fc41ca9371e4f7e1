import { execFileSync, spawnSync } from 'node:child_process'
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

/** Runs a program with process ids of its own, as a container does: it is process 1. It ends with `unshare`. */
const asContainer = ['unshare', '--user', '--map-root-user', '--pid', '--mount-proc', '--kill-child=SIGKILL', '--fork']
const hasContainers = process.platform === 'linux' && spawnSync(asContainer[0]!, [...asContainer.slice(1), 'true']).status === 0
const pidOf = (dataDir: string) => (JSON.parse(fs.readFileSync(path.join(dataDir, 'collector.json'), 'utf8')) as { pid: number }).pid
const waits = /another collector holds/

test.skipIf(!hasContainers)(
  'a container that was killed starts again at once: its collector has the process id of the one before',
  async () => {
    const folder = tempFolder()
    const first = collector(folder, asContainer)
    await first.collecting
    expect(pidOf(first.dataDir)).toBe(1)
    await first.child.stop('SIGKILL')
    const next = collector(folder, asContainer)
    expect(await next.collecting).toBe(true)
    expect([pidOf(next.dataDir), next.child.output()]).toEqual([1, expect.not.stringMatching(waits)])
  },
)

test.skipIf(process.platform !== 'linux')('a collector that was killed and that its parent never waits for holds up no other', async () => {
  const folder = tempFolder()
  // The shell becomes a program that waits for no child, as the first process of many containers.
  const first = collector(folder, ['/bin/sh', '-c', '"$@" & exec sleep 600', 'sh'])
  await first.collecting
  const pid = pidOf(first.dataDir)
  process.kill(pid, 'SIGKILL')
  const state = () => fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0]
  await expect.poll(state).toBe('Z')
  const next = collector(folder)
  expect(await next.collecting).toBe(true)
  expect(next.child.output()).not.toMatch(waits)
  expect(state()).toBe('Z')
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
