import fs from 'node:fs'
import path from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { settings } from '@signalbox/contract/setting'
import { type Child, type Finished, startNode } from '../../../test/support/child.ts'
import type { Io, StopSignal } from './io.ts'
import { processIo } from './process-io.ts'
import { run } from './program.ts'

const bin = fileURLToPath(new URL('../bin/signalbox.mjs', import.meta.url))

/** Every setting, blank: keeps out the settings of the developer's shell and of a `.env` in the checkout. An empty text counts as not set. */
const blank = Object.fromEntries(Object.keys(settings).map((name) => [name, '']))

type Extra = Record<string, string | undefined>

export function signalboxEnvironment(folder: string, extra: Extra): Extra {
  const claude = path.join(folder, 'claude')
  // A folder that a setting names has to be there.
  if (!('CLAUDE_CONFIG_DIR' in extra)) fs.mkdirSync(claude, { recursive: true })
  return {
    ...blank,
    DATA_DIR: path.join(folder, 'data'),
    // The folder of the credentials file, on Windows too.
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    APPDATA: path.join(folder, 'config'),
    CLAUDE_CONFIG_DIR: claude,
    CLAUDE_DESKTOP_DIRS: 'none',
    TRANSCRIPT_SOURCES: 'claude-code',
    TIMEZONE: 'UTC',
    COLUMNS: '',
    NO_COLOR: '',
    FORCE_COLOR: '',
    ...extra,
  }
}

/** Runs the real command in a process of its own. `folder` holds its data and its transcripts (`claude/`). */
export function signalbox(folder: string, args: readonly string[], extra: Extra = {}): Promise<Finished> {
  return startSignalbox(folder, args, extra).finished
}

/** Starts the real command; the caller stops it. */
export function startSignalbox(folder: string, args: readonly string[], extra: Extra = {}): Child {
  return startNode([bin, ...args], { env: signalboxEnvironment(folder, extra) })
}

export interface RunOptions {
  readonly cwd?: string
  readonly stdin?: string
  /** The command runs on a terminal, on which `type` types. */
  readonly isTTY?: boolean
  readonly platform?: NodeJS.Platform
}

/** A command that runs in the process of the test. */
export interface RunningCommand {
  readonly finished: Promise<Finished>
  /** The first output on which the pattern matches; on stdout or stderr. */
  output(pattern: RegExp): Promise<RegExpExecArray>
  type(text: string): void
  /** Sends a signal, and waits for the end. */
  stop(signal: StopSignal): Promise<Finished>
}

/** Runs a command in the process of the test, as `signalbox` does in one of its own. */
export function runCommand(folder: string, args: readonly string[], extra: Extra = {}, options: RunOptions = {}): Promise<Finished> {
  return startCommand(folder, args, extra, options).finished
}

export function startCommand(folder: string, args: readonly string[], extra: Extra = {}, options: RunOptions = {}): RunningCommand {
  const { cwd = folder, stdin, isTTY = false, platform } = options
  const env = { ...process.env, ...signalboxEnvironment(folder, extra) }
  const own = processIo()
  const written = new Set<() => void>()
  const notify = () => {
    for (const listener of written) listener()
  }
  const [stdout, stderr] = [new CollectedOutput(isTTY, notify), new CollectedOutput(isTTY, notify)]
  const input = Object.assign(new PassThrough(), { isTTY })
  if (!isTTY) input.end(stdin ?? '')
  const listeners = new Set<(signal: StopSignal) => void>()
  let early: StopSignal | undefined
  const io: Io = {
    ...own,
    stdin: input,
    stdout,
    stderr,
    env,
    inheritedEnv: env,
    system: platform === undefined ? own.system : { ...own.system, platform },
    cwd,
    exit: (code) => {
      throw new Error(`exit ${code}`)
    },
    limitStop: () => {},
    onStopSignal(listener) {
      listeners.add(listener)
      if (early !== undefined) listener(early)
      return () => void listeners.delete(listener)
    },
  }
  const finished = run(args, io).then((code): Finished => ({ code, signal: null, stdout: stdout.text, stderr: stderr.text }))
  return {
    finished,
    output: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const match = pattern.exec(stdout.text) ?? pattern.exec(stderr.text)
          if (match === null) return
          written.delete(check)
          resolve(match)
        }
        written.add(check)
        finished.then(() => reject(new Error(`it ended without ${pattern}:\n${stdout.text}${stderr.text}`)), reject)
        check()
      }),
    type: (text) => void input.write(text),
    stop: (signal) => {
      // A command that does not listen yet gets the signal when it does.
      if (listeners.size === 0) early = signal
      for (const listener of listeners) listener(signal)
      return finished
    },
  }
}

/** An output that a test can read. */
export class CollectedOutput extends Writable {
  text = ''
  readonly isTTY: boolean
  readonly #onWrite: () => void

  constructor(isTTY: boolean, onWrite = () => {}) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
    this.#onWrite = onWrite
  }

  override _write(chunk: string | Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    this.#onWrite()
    done()
  }
}
