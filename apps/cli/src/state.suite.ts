import { StateTrackingApiClient } from '@signalbox/client'
import { onTestFinished, vi } from 'vitest'
import type { Child, Finished } from '../../../test/support/child.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { type HubOptions, masterKey, openHub, TestClock, type TestHub } from '../../hub/test/open-hub.ts'
import { signalbox, startSignalbox } from './cli.suite.ts'

// Each of these tests starts the command a dozen times, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

/** A real hub that listens, a client to make data with, and the real command to ask about it. */
export interface State {
  readonly hub: TestHub
  readonly url: string
  readonly client: StateTrackingApiClient
  run(words: readonly string[], extra?: Record<string, string>): Promise<Finished>
  /** What the command prints with `--json`. */
  json<T>(words: readonly string[]): Promise<T>
  /** The caller need not stop it. */
  start(words: readonly string[]): Child
}

export async function openState(options: HubOptions = {}): Promise<State> {
  const hub = await openHub({ clock: new TestClock(new Date().toISOString()), ...options })
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const folder = tempFolder()
  const env = { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: masterKey }
  const run = (words: readonly string[], extra: Record<string, string> = {}) => signalbox(folder, words, { ...env, ...extra })
  return {
    hub,
    url,
    client: new StateTrackingApiClient({ baseUrl: url, apiKey: masterKey }),
    run,
    async json(words) {
      const { code, stdout, stderr } = await run([...words, '--json'])
      if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}`)
      return JSON.parse(stdout)
    },
    start(words) {
      const child = startSignalbox(folder, words, env)
      onTestFinished(async () => void (await child.stop('SIGKILL')))
      return child
    },
  }
}

/** The lines of a table: without titles and what stands below it. */
export function linesOf(stdout: string): string[] {
  return (stdout.split('\n\n')[0] ?? '').trimEnd().split('\n').slice(2)
}
