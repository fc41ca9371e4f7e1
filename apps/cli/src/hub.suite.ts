import fs from 'node:fs'
import path from 'node:path'
import { StateTrackingApiClient } from '@signalbox/client'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import type { Finished } from '../../../test/support/child.ts'
import { makeTempFolder, removeFolder } from '../../../test/support/temp.ts'
import { type HubOptions, masterKey, openHub, TestClock, type TestHub } from '../../hub/test/open-hub.ts'
import { type RunningCommand, type RunOptions, runCommand, startCommand } from './cli.suite.ts'

/** The time of the machine, for a hub to which other processes report. */
export class RealClock extends TestClock {
  override now(): number {
    return Date.now()
  }
  override monotonic(): number {
    return performance.now()
  }
}

/** A real hub that listens, a client that creates data in it, and commands that use it, in the process of the test. */
export interface HubFixture {
  readonly hub: TestHub
  readonly url: string
  readonly client: StateTrackingApiClient
  /** The settings with which a command finds the hub. */
  readonly env: { readonly SIGNALBOX_URL: string; readonly SIGNALBOX_API_KEY: string }
  run(words: readonly string[], extra?: Record<string, string>): Promise<Finished>
  /** The answer of the command with `--json`. */
  json<T>(words: readonly string[]): Promise<T>
  /** Starts the command; it is stopped when the test ends. */
  start(words: readonly string[], options?: RunOptions): RunningCommand
}

/** A hub for one test. */
export function openHubFixture(options: HubOptions = {}): Promise<HubFixture> {
  return open(onTestFinished, options)
}

/** A hub for all tests of a file that only read from it. @returns what `fill` returns, for use in tests */
export function shareHubFixture<T>(fill: (fixture: HubFixture) => Promise<T>, options: () => HubOptions = () => ({})): () => T {
  const closers: (() => unknown)[] = []
  let shared: T
  beforeAll(async () => {
    shared = await fill(await open((close) => closers.push(close), options()))
  })
  afterAll(async () => {
    for (const close of closers) await close()
  })
  return () => shared
}

async function open(onClose: (close: () => Promise<void> | void) => void, options: HubOptions): Promise<HubFixture> {
  const folder = makeTempFolder()
  const dataDir = path.join(folder, 'hub')
  fs.mkdirSync(dataDir)
  const hub = await openHub({ clock: new TestClock(new Date().toISOString()), folder: dataDir, ...options }, onClose)
  onClose(() => removeFolder(folder))
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const env = { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: masterKey }
  const run = (words: readonly string[], extra: Record<string, string> = {}) => runCommand(folder, words, { ...env, ...extra })
  return {
    hub,
    url,
    client: new StateTrackingApiClient({ baseUrl: url, apiKey: masterKey }),
    env,
    run,
    async json(words) {
      const { code, stdout, stderr } = await run([...words, '--json'])
      if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}`)
      return JSON.parse(stdout)
    },
    start(words, runOptions = {}) {
      const command = startCommand(folder, words, env, runOptions)
      onTestFinished(async () => void (await command.stop('SIGTERM')))
      return command
    },
  }
}

/** The rows of a printed table, without its titles and without the text below it. */
export function linesOf(stdout: string): string[] {
  return (stdout.split('\n\n')[0] ?? '').trimEnd().split('\n').slice(2)
}
