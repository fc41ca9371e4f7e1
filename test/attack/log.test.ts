import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { cpuMsOf, memoryOf } from '../support/process-usage.ts'
import { repositoryRoot } from '../support/repository.ts'
import { canMount, FILLER, fillDisk, smallDisk } from '../support/small-disk.ts'
import { tempFolder } from '../support/temp.ts'
import { brokenOutputs, heldPipe } from './broken-output.ts'

/** What the programs promise: less than the ten seconds after which Docker kills. */
const STOP_WITHIN_MS = 8_000

interface Program {
  readonly process: ChildProcess
  /** Resolves with the first IPC message that has this property. */
  message(name: string): Promise<unknown>
  /** @returns the milliseconds until its end */
  stop(): Promise<number>
}

/** Starts a program of ours with its output, and its errors, in a descriptor. */
function startInto(output: number, args: readonly string[], env: Record<string, string>): Program {
  const child = spawn(process.execPath, [...args], {
    stdio: ['ignore', output, output, 'ipc'],
    env: { ...process.env, API_KEYS: 'one', NODE_ENV: '', MONGODB_URI: '', PORT: '0', HOST: '', LOG_LEVEL: 'info', ...env },
  })
  const messages: Record<string, unknown>[] = []
  child.on('message', (message) => void messages.push(message as Record<string, unknown>))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    process: child,
    async message(name) {
      for (;;) {
        const found = messages.find((message) => name in message)
        if (found !== undefined) return found[name]
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended: ${child.signalCode ?? child.exitCode}`)
        await sleep(20)
      }
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error('it has ended by itself')
      const started = performance.now()
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
      return performance.now() - started
    },
  }
}

const hubFile = path.join(repositoryRoot, 'apps/hub/src/main.ts')
const collectorFile = path.join(repositoryRoot, 'apps/collector/src/main.ts')
const cliFile = path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs')
const headers = { authorization: 'Bearer one', 'content-type': 'application/json' }
const limits = { RATE_LIMIT_PER_MINUTE: '1000000' }

/** Each is logged with a line. */
async function request(url: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const response = await fetch(`${url}/machines/m${n % 5}`, { method: 'GET', headers, signal: AbortSignal.timeout(5_000) })
    await response.text()
    expect(response.status).toBe(404)
  }
}

async function runHub(output: number): Promise<void> {
  const hub = startInto(output, [hubFile], { DATA_DIR: tempFolder(), ...limits })
  const url = String(await hub.message('listening'))
  await request(url, 100)
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect(await hub.stop()).toBeLessThan(STOP_WITHIN_MS)
  expect(hub.process.exitCode).toBe(0)
}

async function runCollector(output: number): Promise<void> {
  const folder = tempFolder()
  const env = { DATA_DIR: path.join(folder, 'data'), CLAUDE_CONFIG_DIR: path.join(folder, 'claude'), SIGNALBOX_URL: 'http://127.0.0.1:1' }
  const collector = startInto(output, [collectorFile], { ...env, LOG_LEVEL: 'trace', LIMIT_SOURCES: 'claude-json' })
  expect(await collector.message('collecting')).toBe(true)
  await sleep(300)
  expect(await collector.stop()).toBeLessThan(STOP_WITHIN_MS)
  expect(collector.process.exitCode).toBe(0)
}

/** `signalbox up` */
async function runUp(output: number): Promise<void> {
  const folder = tempFolder()
  const dataDir = path.join(folder, 'data')
  const env = { DATA_DIR: dataDir, CLAUDE_CONFIG_DIR: path.join(folder, 'claude'), LIMIT_SOURCES: 'claude-json' }
  const up = startInto(output, [cliFile, 'up'], { ...env, ...limits })
  const file = path.join(dataDir, 'hub.json')
  while (!fs.existsSync(file)) await sleep(50)
  const { url } = JSON.parse(fs.readFileSync(file, 'utf8')) as { url: string }
  await request(url, 100)
  expect(await up.stop()).toBeLessThan(STOP_WITHIN_MS)
}

test.skipIf(process.platform !== 'linux').for(Object.entries(brokenOutputs))(
  'with %s as output, hub, collector and `signalbox up` work on, and end when they are stopped',
  async ([_, open], { skip }) => {
    const output = open() ?? skip('nothing can be mounted, so no disk can be full')
    await Promise.all([runHub(output), runCollector(output), runUp(output)])
  },
)

test.skipIf(!canMount)('a log whose disk has room again says how many lines it lacks', async ({ skip }) => {
  const folder = smallDisk(64 * 1024) ?? skip('nothing can be mounted')
  const file = path.join(folder, 'log')
  const output = fs.openSync(file, 'a')
  const hub = startInto(output, [hubFile], { DATA_DIR: tempFolder(), ...limits })
  fs.closeSync(output)
  const url = String(await hub.message('listening'))
  fillDisk(folder)
  await request(url, 50)
  fs.rmSync(path.join(folder, FILLER))
  await sleep(1_100)
  await request(url, 1)
  await hub.stop()
  const lines = fs.readFileSync(file, 'utf8').trim().split('\n')
  const dropped = lines.flatMap((line) => (line.includes('log lines were dropped') ? [JSON.parse(line) as { dropped: number }] : []))
  expect(dropped).toHaveLength(1)
  // Some fitted into the last block before it was full.
  expect(dropped[0]?.dropped).toBeGreaterThan(10)
  expect(dropped[0]?.dropped).toBeLessThanOrEqual(52)
  // What was cut off stands alone.
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ msg: 'stopping' })
})

/** Each is logged with its long path: 12 kB a line. */
async function requestLongPaths(url: string, count: number): Promise<void> {
  let left = count
  const send = async () => {
    while (left-- > 0) {
      const response = await fetch(`${url}/none/${'x'.repeat(12_000)}`, { headers })
      await response.text()
      expect(response.status).toBe(404)
    }
  }
  await Promise.all(Array.from({ length: 4 }, send))
}

test.skipIf(process.platform !== 'linux')(
  'a log whose reader stands still costs little memory, and says how many lines it lacks when it is read on',
  async () => {
    const pipe = heldPipe()
    const hub = startInto(pipe.writer, ['--max-semi-space-size=1', hubFile], { DATA_DIR: tempFolder(), ...limits })
    const url = String(await hub.message('listening'))
    await requestLongPaths(url, 300)
    const before = memoryOf(hub.process.pid!)
    // 36 MB of lines; the heap alone varies by ten.
    await requestLongPaths(url, 3_000)
    expect((memoryOf(hub.process.pid!) - before) / 2 ** 20).toBeLessThan(25)
    let log = ''
    const readOn = () => {
      log += pipe.read()
      return log
    }
    // Everything that has waited, and then a line for which there is room.
    await expect.poll(() => readOn().length).toBeGreaterThan(1_000_000)
    await fetch(`${url}/last`)
    await expect.poll(readOn).toContain('"/last"')
    const lines = log.trim().split('\n')
    const dropped = lines.flatMap((line) => (line.includes('log lines were dropped') ? [JSON.parse(line) as { dropped: number }] : []))
    const written = lines.filter((line) => line.includes('xxx')).length
    expect(dropped).toHaveLength(1)
    expect(written + dropped[0]!.dropped).toBe(3_300)
    // 1 MiB, and what a pipe holds.
    expect(log.length).toBeLessThan(1_200_000)
  },
)

test.skipIf(process.platform !== 'linux')(
  'a hub whose log reader stands still and then dies works on without effort, and ends when it is stopped',
  async () => {
    const pipe = heldPipe()
    const hub = startInto(pipe.writer, [hubFile], { DATA_DIR: tempFolder(), ...limits })
    const url = String(await hub.message('listening'))
    // More than a pipe holds.
    await requestLongPaths(url, 20)
    pipe.leave()
    await requestLongPaths(url, 5)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    /** Seconds of a core. */
    const usedInASecond = async () => {
      const before = cpuMsOf(hub.process.pid!)
      await sleep(1_000)
      return (cpuMsOf(hub.process.pid!) - before) / 1000
    }
    await expect.poll(usedInASecond).toBeLessThan(0.15)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    expect(await hub.stop()).toBeLessThan(STOP_WITHIN_MS)
    expect(hub.process.exitCode).toBe(0)
  },
)
