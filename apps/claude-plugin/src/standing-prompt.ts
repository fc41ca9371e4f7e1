import { isSameProcess, readProcessStart } from '@signalbox/hub-address/process-start'
import type { AskedTool } from './asked-tool.ts'
import type { ClientStatusFile } from './client-status.ts'

const LOOK_MS = 100
/** Between two prompts of one session the client is busy for a moment, and the second still stands. */
const SETTLE_MS = 1_000
/** A terminal asks within a second. */
const SHOWN_WITHIN_MS = 15_000
/** Looks at the process are dearer than those at files. */
const LOOKS_PER_PROCESS_CHECK = 5

/** Why a prompt stands no longer. `not_shown`: the terminal does not ask, so no one must wait. */
export type PromptEnd = 'terminal' | 'session_ended' | 'not_shown'

export interface PromptPlace {
  readonly clientPid: number
  /** Undefined for `-p`, which has no terminal. */
  readonly status: ClientStatusFile | undefined
  readonly call: AskedTool | undefined
}

/** Watches whether a prompt still stands: the client does not say to a hook that the person at the terminal has answered. */
export class StandingPrompt {
  readonly #place: PromptPlace
  /** When the process of the client was started, as `readProcessStart` has it. */
  readonly clientStart: string | undefined
  readonly #startedAt = performance.now()
  #timer: NodeJS.Timeout | undefined
  #looks = 0
  #wasShown = false
  /** Since when the client does not wait. */
  #awaySince: number | undefined
  #resolve: (end: PromptEnd) => void = () => {}
  /** Resolves when the prompt stands no longer. */
  readonly ended: Promise<PromptEnd>

  constructor(place: PromptPlace) {
    this.#place = place
    this.clientStart = process.platform === 'linux' ? readProcessStart(place.clientPid) : undefined
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  start(): void {
    this.#look()
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Whether the client waits now, as far as it says so. */
  get isStanding(): boolean {
    this.#look()
    return this.#awaySince === undefined
  }

  #look(): void {
    const { call, status: file, clientPid } = this.#place
    if (this.#looks++ % LOOKS_PER_PROCESS_CHECK === 0 && !isSameProcess(clientPid, this.clientStart)) return void this.#end('session_ended')
    if (call?.read() === 'ended') return void this.#end('terminal')
    const status = file?.read()?.status
    if (status === undefined) return
    const now = performance.now()
    if (status === 'waiting') {
      this.#wasShown = true
      this.#awaySince = undefined
    } else if (this.#wasShown) {
      this.#awaySince ??= now
      if (now - this.#awaySince > SETTLE_MS) this.#end('terminal')
    } else if (now - this.#startedAt > SHOWN_WITHIN_MS) this.#end('not_shown')
  }

  #end(end: PromptEnd): void {
    this.stop()
    this.#resolve(end)
  }
}
