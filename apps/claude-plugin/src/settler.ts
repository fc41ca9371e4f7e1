import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import type { Decision } from '@signalbox/contract/question'
import type { LeftPrompt } from './settle.ts'

/** The variable in which the process that settles gets its work. Not an argument: those of a process can be read by every user. */
const LEFT = 'SIGNALBOX_LEFT_PROMPT'
const OVER = 'over'
/**
 * Waits for a line: `over`, or what to settle. When the hook ends without one, as by SIGKILL, what it was started with is settled.
 * The subshell outlives its shell at once, so the client does not find it among the children of its hook, all of which it ends when
 * the person at the terminal refuses.
 */
const WAIT = `(
if IFS= read -r left <&3; then
  if [ "$left" = ${OVER} ]; then exit; fi
  ${LEFT}=$left
fi
exec 3<&-
exec "$0" "$@") &`

/** Reads the work of this process. */
export function takeLeftPrompt(env: NodeJS.ProcessEnv): LeftPrompt {
  return JSON.parse(env[LEFT] ?? '') as LeftPrompt
}

/**
 * Finds out whose answer counted, in a process of its own: the session goes on only when its hook has ended. A shell waits from the
 * beginning, because a hook that is ended by force can start nothing any more.
 */
export class Settler {
  readonly #program: string
  readonly #left: LeftPrompt
  readonly #line: Writable | undefined
  #isDone = false

  /** @param program the script of the hook, which settles with `--settle` */
  constructor(program: string, left: LeftPrompt) {
    this.#program = program
    this.#left = left
    this.#line = process.platform === 'win32' ? undefined : this.#startShell()
  }

  /** The hook is about to print an answer of the hub: what becomes of it is to be found out. */
  async leave(decision: Decision | undefined): Promise<void> {
    await this.#finish({ ...this.#left, decision, leftAt: Date.now() })
  }

  /** Everything is reported. */
  async dismiss(): Promise<void> {
    await this.#finish(undefined)
  }

  /** The hook is being ended. The shell notices that by itself. */
  abandon(): void {
    if (this.#line === undefined) void this.#finish(this.#left)
  }

  async #finish(left: LeftPrompt | undefined): Promise<void> {
    if (this.#isDone) return
    this.#isDone = true
    const line = this.#line
    if (line === undefined) {
      if (left !== undefined) this.#spawn(process.execPath, [this.#program, '--settle'], left).unref()
      return
    }
    await new Promise<void>((resolve) => line.write(`${left === undefined ? OVER : JSON.stringify(left)}\n`, () => resolve()))
  }

  #startShell(): Writable {
    const shell = this.#spawn('/bin/sh', ['-c', WAIT, process.execPath, this.#program, '--settle'], this.#left)
    const line = shell.stdio[3] as Writable
    // Without a shell no one settles, and the hub takes the question for lost.
    shell.on('error', () => {})
    line.on('error', () => {})
    shell.unref()
    return line
  }

  #spawn(file: string, args: readonly string[], left: LeftPrompt): ChildProcess {
    return spawn(file, args, {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      windowsHide: true,
      env: { ...process.env, [LEFT]: JSON.stringify(left) },
    })
  }
}
