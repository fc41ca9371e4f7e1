import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrowser, isProgram } from '@signalbox/browser/find-browser'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { endBrowser } from './browser-processes.ts'
import { ConsoleError, type ConsoleFault } from './console-error.ts'
import type { ConsolePaths } from './console-paths.ts'

/** The child process's result, sent when it ends. */
export type ReadResult = { readonly snapshot: LimitSnapshot } | { readonly fault: ConsoleFault }

const CHILD_PROGRAM = fileURLToPath(new URL('../../console.ts', import.meta.url))
/** The child is killed after this time: it waits up to 20 s for another snapshot, and reads for 15 s. */
const CHILD_TIMEOUT_MS = 40_000
/** Time for the child to close its browser after it was asked to stop. */
const STOP_TIMEOUT_MS = 4_000
const MAX_STDERR_LENGTH = 2_000

/**
 * Takes one snapshot in a child process: the browser driver would otherwise stay in memory with 60 MB, and a hanging child
 * can be killed.
 * @throws ConsoleError; also what the signal was aborted with
 */
export async function readInChild(
  paths: ConsolePaths,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  timeoutMs = CHILD_TIMEOUT_MS,
): Promise<LimitSnapshot> {
  signal.throwIfAborted()
  const child = fork(CHILD_PROGRAM, ['read'], {
    // A small heap is enough for a process that runs for seconds.
    execArgv: ['--max-semi-space-size=1', '--disable-warning=ExperimentalWarning'],
    env: { NODE_COMPILE_CACHE: compileCache(), ...process.env, ...env, ...browserVariable({ ...process.env, ...env }) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR_LENGTH)
  })
  let result: ReadResult | undefined
  child.on('message', (message: ReadResult) => {
    result = message
  })
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    child.kill('SIGKILL')
  }, timeoutMs)
  const stop = () => askToStop(child)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const [code, signalName] = (await once(child, 'close')) as [number | null, string | null]
    if (result === undefined) {
      // The child could not close its browser.
      await endBrowser(paths.profile)
      signal.throwIfAborted()
      throw new ConsoleError({
        category: 'UNKNOWN',
        message: timedOut
          ? `the snapshot did not finish within ${Math.round(timeoutMs / 1000)} s; its process was killed.`
          : `the process that takes the snapshot ended with ${code ?? signalName} and no result${stderr === '' ? '.' : `: ${stderr.trim()}`}`,
      })
    }
    signal.throwIfAborted()
    if ('fault' in result) throw new ConsoleError(result.fault)
    return result.snapshot
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

let cachedBrowser: string | undefined

/** Finds the browser once, because asking it for its version takes a second on a busy machine. */
function browserVariable(env: NodeJS.ProcessEnv): { BROWSER_PATH?: string } {
  if (env.BROWSER_PATH) return {}
  if (cachedBrowser === undefined || !isProgram(cachedBrowser)) cachedBrowser = findBrowser(env)?.path
  return cachedBrowser === undefined ? {} : { BROWSER_PATH: cachedBrowser }
}

/** The compile cache saves the child 30 MB and half a second. */
const compileCache = () => getCompileCacheDir() ?? path.join(os.tmpdir(), 'node-compile-cache')

/** Lets the child close its browser. The channel stays open: without it Node never emits `close` for the child. */
function askToStop(child: ChildProcess): void {
  if (child.connected) child.send('stop', () => {})
  setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS).unref()
}
