import fs from 'node:fs'
import path from 'node:path'
import { formatAnswersSetting } from '@signalbox/hub-address/answers-file'
import { pollPause } from '../../support/poll-pause.ts'
import { repositoryRoot } from '../../support/repository.ts'
import type { Client } from '../client.ts'
import type { ClientHome } from '../client-home.ts'
import type { ClientTerminal } from '../client-terminal.ts'
import { type AnsweringHub, KEY } from './answering-hub.ts'

export const MACHINE = 'answering'

/** The environment of a client whose questions go to a hub. */
export function askingEnv(hub: AnsweringHub): Record<string, string> {
  return {
    SIGNALBOX_URL: hub.url,
    SIGNALBOX_API_KEY: KEY,
    MACHINE_ID: MACHINE,
    PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
  }
}

/** The plugin of this repository, for one client. */
export const pluginArgs = ['--plugin-dir', path.join(repositoryRoot, 'apps/claude-plugin')]

/** What `signalbox hooks answers on` does, in the home of the clients. */
export function switchAnswersOn(home: ClientHome, setting: { wait_s?: number; print_runs?: boolean } = {}): void {
  const folder = path.join(home.folder, '.config/signalbox')
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'answers.json'), formatAnswersSetting({ wait_s: 600, print_runs: false, ...setting }), { mode: 0o600 })
}

export interface AskingSession {
  readonly terminal: ClientTerminal
  readonly sessionId: string
  readonly cwd: string
}

export async function startAsking(home: ClientHome, client: Client, hub: AnsweringHub, name: string): Promise<AskingSession> {
  const cwd = await home.project(name)
  const terminal = home.terminal(client, { cwd, args: pluginArgs, env: askingEnv(hub) })
  const { sessionId } = await terminal.ready()
  return { terminal, sessionId, cwd }
}

/** Waits for the value of a function that may need a while. @throws Error that says what was waited for */
export async function until<T>(what: string, find: () => Promise<T | undefined> | T | undefined, withinMs = 60_000): Promise<T> {
  const start = performance.now()
  for (;;) {
    const value = await find()
    if (value !== undefined) return value
    if (performance.now() - start > withinMs) throw new Error(`${withinMs} ms have passed without ${what}`)
    await pollPause(performance.now() - start)
  }
}
