import { setTimeout as sleep } from 'node:timers/promises'
import { type Step, script } from '../../support/messages-api.ts'
import type { ClientTerminal } from '../client-terminal.ts'
import { NotPossible } from './not-possible.ts'
import type { Stage } from './stage.ts'

const START_MS = 60_000
const ANSWER_MS = 30_000
/** A client that says that it does not know a command does so at once. */
const REFUSAL_MS = 3_000
const unknownCommand = /Unknown (?:slash )?(?:command|skill)|No commands match|isn't available|not available/i

/** A person who talks with a client in its terminal. Old versions write no process file, so only the screen and the API show how it goes. */
export class Conversation {
  readonly terminal: ClientTerminal
  readonly #stage: Stage

  private constructor(stage: Stage, terminal: ClientTerminal) {
    this.#stage = stage
    this.terminal = terminal
  }

  static async open(stage: Stage, args: readonly string[]): Promise<Conversation> {
    const terminal = stage.home.terminal(stage.client, { cwd: stage.cwd, args })
    await terminal.waitForScreen(/^[\s│]*[❯>]/m, START_MS)
    // The prompt is drawn before it takes keys.
    await sleep(500)
    return new Conversation(stage, terminal)
  }

  /** Says a prompt and waits until the model has ended its turn with `words`. */
  async ask(steps: readonly Step[], words: string): Promise<void> {
    await this.terminal.submit(script(...steps, { text: words }))
    await this.terminal.waitForScreen((screen) => new RegExp(`[●⏺] ${words}`).test(screen), ANSWER_MS)
    await sleep(300)
  }

  /**
   * Types a slash command and waits until it has asked the API, or until the screen matches.
   * @throws NotPossible when the client does not know it
   */
  async command(command: string, until: 'answer' | RegExp | ((screen: string) => boolean)): Promise<void> {
    const before = this.#stage.api.answers.filter(({ answered }) => answered !== undefined).length
    await this.terminal.submit(command)
    const isDone = (screen: string) =>
      until === 'answer'
        ? this.#stage.api.answers.filter(({ answered }) => answered !== undefined).length > before
        : typeof until === 'function'
          ? until(screen)
          : until.test(screen)
    const deadline = Date.now() + ANSWER_MS
    while (!isDone(this.terminal.screen())) {
      if (unknownCommand.test(this.terminal.screen())) throw new NotPossible(`has no ${command.split(' ')[0]}`)
      if (Date.now() > deadline) throw new Error(`${command} did nothing within ${ANSWER_MS} ms. The screen:\n${this.terminal.screen()}`)
      await sleep(50)
    }
    await sleep(500)
  }

  /** Presses a key until a text has gone from the screen. */
  async answer(key: 'enter' | 'escape', question: RegExp): Promise<void> {
    const deadline = Date.now() + ANSWER_MS
    while (question.test(this.terminal.screen())) {
      if (Date.now() > deadline) throw new Error(`${key} does not end ${question}. The screen:\n${this.terminal.screen()}`)
      this.terminal.key(key)
      await sleep(500)
    }
  }

  async exit(): Promise<void> {
    await this.terminal.submit('/exit')
    const isEnded = await Promise.race([this.terminal.ended.then(() => true), sleep(REFUSAL_MS * 3).then(() => false)])
    // A menu of commands takes the first Enter.
    if (!isEnded) {
      this.terminal.key('enter')
      await Promise.race([this.terminal.ended, sleep(REFUSAL_MS * 3)])
    }
  }

  close(): void {
    if (!this.terminal.isEnded) this.terminal.closeNow()
  }
}
