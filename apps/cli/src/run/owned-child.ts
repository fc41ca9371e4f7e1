import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { Failure } from '../failure.ts'
import type { Io } from '../io.ts'
import { isForeground, isFromTerminal, isStopped } from './foreground.ts'

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface OwnedProcess {
  readonly pid: number
  /** What it prints, where this process reads it. */
  readonly stdout: Readable | null
  /** Resolves when the process has ended; its output may still be on the way. */
  readonly ended: Promise<ProcessEnd>
  /** Stops passing signals on; they have their usual effect again. */
  releaseSignals(): void
}

export interface StartOptions {
  /** Whether this process reads stdout; otherwise the child has the very stdout that this process was given. */
  readonly readsStdout: boolean
  readonly env: NodeJS.ProcessEnv
}

/**
 * Starts a program with our own terminal or files. Until it has ended, this process behaves to the outside like its child:
 * signals reach the child, each once; both stop and continue together.
 * @throws Failure when it cannot be started
 */
export async function startProcess(io: Io, [command = '', ...args]: readonly string[], options: StartOptions): Promise<OwnedProcess> {
  let child: ChildProcess | undefined
  // The listeners first: a signal in between would end only the parent.
  const releaseSignals = passSignals(io, () => child)
  try {
    child = io.system.withInheritedUmask(() =>
      spawn(command, args, { stdio: ['inherit', options.readsStdout ? 'pipe' : 'inherit', 'inherit'], env: options.env }),
    )
  } catch (error) {
    releaseSignals()
    throw notStarted(command, error)
  }
  const { pid, stdout } = child
  const ended = new Promise<ProcessEnd>((resolve) => child?.on('exit', (code, signal) => resolve({ code, signal })))
  const failed = new Promise<Error>((resolve) => child?.on('error', resolve))
  if (pid !== undefined) return { pid, stdout, ended, releaseSignals }
  const error = await failed
  releaseSignals()
  throw notStarted(command, error)
}

function notStarted(command: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new Failure(`${command}: command not found.`, 'Check its spelling, and PATH.', 127)
  return new Failure(`${command} could not be started (${code ?? message}).`, 'Check that it is a program that this user may run.', 126)
}

/** Sent by keys: the terminal sends them to the whole foreground group, so the child has got them already. */
const keyboard: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']
/** Sent to one process, so they have to be passed on. */
const direct: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']

/** How long the signal of a program that was asked may take. */
const OWN_SIGNAL_MS = 100

/** @returns a function that removes the listeners */
function passSignals(io: Io, childOf: () => ChildProcess | undefined): () => void {
  const { system } = io
  const { platform } = system
  const send = (signal: NodeJS.Signals) => void childOf()?.kill(signal)
  const isChildStopped = () => {
    const pid = childOf()?.pid
    return pid === undefined ? false : isStopped(pid, platform)
  }
  const removers: (() => void)[] = []
  const on = (signal: NodeJS.Signals, listener: () => void) => void removers.push(io.onSignal(signal, listener))
  for (const signal of direct) on(signal, () => send(signal))
  for (const signal of keyboard) {
    // On Windows the console itself sends them to every process.
    on(signal, () => {
      if (platform !== 'win32' && !isFromTerminal(system)) send(signal)
    })
  }
  if (platform !== 'win32') {
    on('SIGWINCH', () => {
      if (!isForeground(system)) send('SIGWINCH')
    })
    // This process itself stops when SIGCHLD says that the child has.
    on('SIGTSTP', () => {
      if (!isFromTerminal(system)) send('SIGTSTP')
    })
    // Sent when the child stops, too. Claude Code stops itself at Ctrl-Z, and the shell waits for this process to do so.
    let ignoredUntil = 0
    on('SIGCHLD', () => {
      if (io.now() < ignoredUntil) return
      const isChildNowStopped = isChildStopped()
      // Outside of Linux a program was asked, whose end sends the same signal.
      if (platform !== 'linux') ignoredUntil = io.now() + OWN_SIGNAL_MS
      if (isChildNowStopped) system.kill(system.pid, 'SIGSTOP')
    })
    // `fg` sends it to the whole group; what is left is a signal to this process alone.
    on('SIGCONT', () => {
      if (isChildStopped() !== false) send('SIGCONT')
    })
  }
  return () => {
    for (const remove of removers) remove()
  }
}

/** Ends this process as its child ended: with the same exit code, or by the same signal, so that a shell sees no difference. */
export async function endLike(io: Io, { code, signal }: ProcessEnd): Promise<void> {
  // What --verbose has said.
  await new Promise<void>((resolve) => io.stderr.write('', () => resolve()))
  if (signal !== null && io.system.platform !== 'win32') {
    io.system.kill(io.system.pid, signal)
    // The signal ends the process before this timer does, unless it is blocked.
    await new Promise((resolve) => setTimeout(resolve, BLOCKED_SIGNAL_MS))
  }
  // A request that is still on its way must not hold the exit.
  io.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
}

const BLOCKED_SIGNAL_MS = 1_000
