import fs from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { browserProcesses } from '../../apps/collector/src/limits/console/browser-processes.ts'
import { readInChild } from '../../apps/collector/src/limits/console/read-in-child.ts'
import { browserOn, createMachine, waitUntil } from './console-machine.ts'
import { fullRows, pageOf, startUsageSite, type UsageSite } from './usage-site.ts'

const linux = process.platform === 'linux'

let site: UsageSite
beforeAll(async () => {
  site = await startUsageSite()
})
afterAll(() => site.stop())
beforeEach(() => {
  site.asked.length = 0
})

test.runIf(linux)('a crashed browser: UNKNOWN, and the next snapshot succeeds', async () => {
  const machine = createMachine(site)
  const { paths, env } = machine
  let requests = 0
  site.page = (_, response) => {
    if (requests++ > 0) return void response.end(pageOf(fullRows))
    // The browser process, not only its page.
    process.kill(browserOn(machine), 'SIGKILL')
  }
  await expect(readInChild(paths, env, new AbortController().signal)).rejects.toMatchObject({ category: 'UNKNOWN' })
  expect(await browserProcesses(paths.profile)).toEqual([])
  expect((await readInChild(paths, env, new AbortController().signal)).windows).toHaveLength(3)
})

test.runIf(linux)('a hung browser is killed with all its processes, and so is a hung reader', async () => {
  const machine = createMachine(site)
  const { paths, env } = machine
  let hangs: 'browser' | 'both' | 'nothing' = 'browser'
  site.page = async (_, response) => {
    if (hangs === 'nothing') return void response.end(pageOf(fullRows))
    const pids = await browserProcesses(paths.profile)
    const reader = Number(/\) \w (\d+)/.exec(fs.readFileSync(`/proc/${browserOn(machine)}/stat`, 'utf8'))?.[1])
    for (const pid of hangs === 'both' ? [reader, ...pids] : pids) process.kill(pid, 'SIGSTOP')
  }
  const { signal } = new AbortController()
  await expect(readInChild(paths, env, signal)).rejects.toMatchObject({ category: 'NETWORK_ERROR' })
  expect(await browserProcesses(paths.profile)).toEqual([])
  hangs = 'both'
  await expect(readInChild(paths, env, signal, 10_000)).rejects.toMatchObject({
    message: 'the snapshot did not finish within 10 s; its process was killed.',
  })
  expect(await browserProcesses(paths.profile)).toEqual([])
  hangs = 'nothing'
  expect((await readInChild(paths, env, signal)).windows).toHaveLength(3)
})

test('an aborted snapshot closes its browser', async () => {
  site.page = () => {}
  const { paths, env } = createMachine(site)
  const stopping = new AbortController()
  const snapshot = readInChild(paths, env, stopping.signal)
  await waitUntil(() => site.asked.length > 0)
  stopping.abort(new Error('enough'))
  await expect(snapshot).rejects.toThrow('enough')
  expect(await browserProcesses(paths.profile)).toEqual([])
})
