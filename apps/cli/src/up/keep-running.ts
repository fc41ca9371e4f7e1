import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type App, environmentOf, fileOf, flagsOf } from '../child/app.ts'
import { childEnv } from '../child/child-env.ts'
import { Failure } from '../failure.ts'

export interface KeepOptions {
  readonly app: App
  /** Asked at every start. */
  readonly env: () => NodeJS.ProcessEnv
  /** Each line the child writes. */
  readonly line: (line: string, stream: 'stdout' | 'stderr') => void
  /** What it tells us; the first message that is accepted (true) means that it has begun its work. */
  readonly message: (message: unknown) => boolean
  /** It ended by itself and is started again after so many milliseconds. */
  readonly restarting: (how: string, delay: number) => void
}

/** A child that is started again when it ends. */
export interface KeptChild {
  /** Resolves when it has begun its work for the first time. @throws Failure when it ended instead */
  readonly begun: Promise<void>
  send(message: object): void
  /** Asks it to stop, waits, and in the end makes it. */
  stop(): Promise<void>
  /** Ends it at once. */
  kill(): void
}

/** Delays before a child is started again, in milliseconds. */
const FIRST_DELAY = 1_000
const LONGEST_DELAY = 30_000
/** A child that ran for so long had nothing wrong with its start. */
const STEADY = 60_000
/** How long a child may take to stop. */
const PATIENCE = 10_000

export function keepRunning(options: KeepOptions): KeptChild {
  const { app, env, line, message, restarting } = options
  let child: ChildProcess | undefined
  let stopping = false
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let began = false
  const begun = Promise.withResolvers<void>()
  // It is told to whoever waits; nobody has to.
  begun.promise.catch(() => {})

  const start = () => {
    const started = Date.now()
    const lastWords: string[] = []
    const mine = fork(fileOf(app), [], {
      execArgv: [...flagsOf(app)],
      env: childEnv({ ...environmentOf(app), ...env() }),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C goes to us alone, and we stop the children in order. Windows would open a window instead.
      detached: process.platform !== 'win32',
    })
    child = mine
    for (const stream of ['stdout', 'stderr'] as const) {
      const source = mine[stream]
      if (source === null) continue
      createInterface({ input: source }).on('line', (text) => {
        // Before it has begun, what it says on stderr is why it could not.
        if (stream === 'stderr' && !began) lastWords.push(text)
        else line(text, stream)
      })
    }
    mine.on('message', (told) => {
      if (!message(told) || began) return
      began = true
      for (const text of lastWords.splice(0)) line(text, 'stderr')
      begun.resolve()
    })
    const ended = (how: string) => {
      if (child !== mine) return
      child = undefined
      if (stopping) return
      if (!began) {
        stopping = true
        begun.reject(new Failure(lastWords.join('\n').replace(/^signalbox( \w+)?: /, '') || `the ${app} ended (${how}) before it began.`))
        return
      }
      failures = Date.now() - started > STEADY ? 0 : failures + 1
      const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.max(0, failures - 1))
      restarting(how, delay)
      timer = setTimeout(start, delay)
    }
    mine.on('error', (error) => ended(error.message))
    // `close` comes when all it has written is read.
    mine.on('close', (code, signal) => ended(signal ?? `exit code ${code}`))
  }
  start()

  return {
    begun: begun.promise,
    send: (told) => {
      if (child?.connected) child.send(told, () => {})
    },
    kill: () => void child?.kill('SIGKILL'),
    async stop() {
      stopping = true
      clearTimeout(timer)
      const last = child
      if (last === undefined) return
      const ended = new Promise<void>((resolve) => last.once('close', () => resolve()))
      // Windows has no signals; there the broken channel is the word to stop.
      if (process.platform === 'win32') last.disconnect()
      else last.kill('SIGTERM')
      const impatient = setTimeout(() => last.kill('SIGKILL'), PATIENCE)
      await ended
      clearTimeout(impatient)
    },
  }
}
