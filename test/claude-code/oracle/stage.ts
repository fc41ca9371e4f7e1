import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child, Finished } from '../../support/child.ts'
import { type Answer, type MessagesApi, type Step, script } from '../../support/messages-api.ts'
import type { Client } from '../client.ts'
import { type ClientHome, makeClientHome } from '../client-home.ts'
import { Conversation } from './conversation.ts'
import { NotPossible } from './not-possible.ts'
import { OwnSums, type PrintResult } from './own-sum.ts'
import type { Scenario } from './scenario.ts'

/** Time for a client to start on a busy machine. */
const START_MS = 60_000

export interface PrintOptions {
  /** The id of the new session; the client makes one when absent. */
  readonly session?: string
  /** The session that is continued. */
  readonly resume?: string
  /** Whether the continued session is forked. */
  readonly fork?: boolean
  readonly args?: readonly string[]
}

/** What a scenario plays on: a home of one client, its project, and what the client says about its own use. */
export class Stage {
  readonly client: Client
  readonly home: ClientHome
  readonly cwd: string
  /** How far the client's clock is ahead, in milliseconds. */
  readonly shiftMs: number
  readonly ownSums: OwnSums

  private constructor(client: Client, home: ClientHome, cwd: string, shiftMs: number) {
    this.client = client
    this.home = home
    this.cwd = cwd
    this.shiftMs = shiftMs
    this.ownSums = new OwnSums(home.config)
  }

  /** The caller removes it. */
  static async open(client: Client, { env, shift }: Scenario): Promise<{ stage: Stage; remove: () => Promise<void> }> {
    const shiftMs = shift?.(Date.now()) ?? 0
    const { home, remove } = await makeClientHome({
      settings: { permissions: { defaultMode: 'bypassPermissions' } },
      env: { ...env, ...(shiftMs === 0 ? {} : shiftedClock(shiftMs)), PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` },
    })
    return { stage: new Stage(client, home, await home.project(), shiftMs), remove }
  }

  get api(): MessagesApi {
    return this.home.api
  }

  /** The answers in the main conversation and below it, without those for titles and summaries. */
  get answers(): readonly Answer[] {
    return this.api.answers.filter(({ offeredTools }) => offeredTools)
  }

  /** Runs `claude -p` to its end. @throws Error when it fails */
  async print(steps: readonly Step[], options: PrintOptions = {}): Promise<PrintResult> {
    return (await this.printAll([{ steps, ...options }]))[0]!
  }

  /** Runs several at once. */
  async printAll(runs: readonly ({ steps: readonly Step[] } & PrintOptions)[]): Promise<PrintResult[]> {
    const from = runs.find(({ resume }) => resume !== undefined)?.resume
    return this.#during(from, async () => {
      const ended = await Promise.all(runs.map(({ steps, ...options }) => this.startPrint(steps, options).finished))
      return ended.map((one) => this.#resultOf(one))
    })
  }

  /** Starts `claude -p`, which the scenario ends; `interrupted` says that Claude Code has no sum of it. */
  startPrint(steps: readonly Step[], { session, resume, fork = false, args = [] }: PrintOptions = {}): Child {
    const which = [
      ...(session === undefined ? [] : ['--session-id', session]),
      ...(resume === undefined ? [] : ['--resume', resume]),
      ...(fork ? ['--fork-session'] : []),
    ]
    return this.home.print(this.client, this.cwd, ['-p', script(...steps), '--output-format', 'json', ...which, ...args])
  }

  /** Waits until the stand-in has been asked for something. @throws Error when that does not happen */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const deadline = Date.now() + START_MS
    while (!isSo()) {
      if (Date.now() > deadline) throw new Error(`${what}: not within ${START_MS} ms`)
      await sleep(20)
    }
  }

  /** Runs something that ends no client in order, such as a kill. */
  async interrupted(play: () => Promise<void>): Promise<void> {
    await this.#during(undefined, async () => {
      await play()
      return []
    })
  }

  /** Runs a client in a terminal, from its start to `/exit`. */
  async converse(play: (conversation: Conversation) => Promise<void>, options: { args?: readonly string[] } = {}): Promise<void> {
    await this.#during(undefined, async () => {
      const conversation = await Conversation.open(this, options.args ?? [])
      try {
        await play(conversation)
        await conversation.exit()
      } finally {
        conversation.close()
      }
      return []
    })
  }

  /** @throws NotPossible when the client has no such option */
  async requireOption(option: string): Promise<void> {
    const { stdout } = await this.home.print(this.client, this.cwd, ['--help']).finished
    if (!stdout.includes(option)) throw new NotPossible(`has no ${option}`)
  }

  async #during(from: string | undefined, play: () => Promise<PrintResult[]>): Promise<PrintResult[]> {
    const startedAt = Date.now() + this.shiftMs
    const before = this.api.answers.length
    const results = await play()
    const sessions = new Set(this.api.answers.slice(before).map(({ sessionId }) => sessionId))
    this.ownSums.add({ startedAt, from, results, cwd: this.cwd, sessions })
    return results
  }

  #resultOf({ code, stdout, stderr }: Finished): PrintResult {
    try {
      return JSON.parse(stdout) as PrintResult
    } catch {
      const why = `${stderr}\n${stdout}`.trim().slice(0, 500)
      throw new Error(`claude -p has ended with ${code} and printed no result: ${why}`)
    }
  }
}

function shiftedClock(shiftMs: number): Record<string, string> {
  const shim = path.join(import.meta.dirname, 'shifted-clock.cjs')
  // Versions before 2.1.113 run in Node, later ones bring Bun along.
  return { NODE_OPTIONS: `--require ${shim}`, BUN_OPTIONS: `--preload ${shim}`, SIGNALBOX_TEST_CLOCK_SHIFT_MS: String(shiftMs) }
}
