import { type ChildProcess, fork } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrowser, isProgram } from '@signalbox/browser/find-browser'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { ConsoleError, type ConsoleFault } from './console-error.ts'
import type { ConsolePlaces } from './places.ts'
import { endBrowser } from './processes.ts'

/** What the program that reads says when it has ended. */
export type Read = { readonly snapshot: LimitSnapshot } | { readonly fault: ConsoleFault }

const PROGRAM = fileURLToPath(new URL('../../console.ts', import.meta.url))
/** Nothing that reads lives longer, in milliseconds: it waits 20 s for another at most, and reads for 15. */
const LONGEST = 40_000

/**
 * One reading, in a process of its own: the browser's driver is 60 MB that would else stay, and whatever hangs there can
 * be ended from here.
 * @throws ConsoleError; also what the signal was aborted with
 */
export async function readInChild(
  places: ConsolePlaces,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  longest = LONGEST,
): Promise<LimitSnapshot> {
  signal.throwIfAborted()
  const child = fork(PROGRAM, ['read'], {
    // It lives for seconds: a small heap that is swept often is enough.
    execArgv: ['--max-semi-space-size=1', '--disable-warning=ExperimentalWarning'],
    env: { NODE_COMPILE_CACHE: compileCache(), ...process.env, ...env, ...browserIn({ ...process.env, ...env }) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2000)
  })
  let read: Read | undefined
  child.on('message', (message: Read) => {
    read = message
  })
  let hung = false
  const timer = setTimeout(() => {
    hung = true
    child.kill('SIGKILL')
  }, longest)
  const stop = () => void leave(child)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const code = await new Promise<number | string>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (ended, name) => resolve(ended ?? name ?? 'nothing'))
    })
    if (read === undefined) {
      // It could not clean up after itself.
      await endBrowser(places.profile)
      signal.throwIfAborted()
      throw new ConsoleError({
        category: 'UNKNOWN',
        message: hung
          ? `the reading hung, and was ended after ${Math.round(longest / 1000)} s.`
          : `the reading ended with ${code} and said nothing${words === '' ? '.' : `: ${words.trim()}`}`,
      })
    }
    signal.throwIfAborted()
    if ('fault' in read) throw new ConsoleError(read.fault)
    return read.snapshot
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

let found: string | undefined

/** Looking for a browser asks it for its version, which takes a second on a busy machine: once is enough while it stays where it is. */
function browserIn(env: NodeJS.ProcessEnv): { BROWSER_PATH?: string } {
  if (env.BROWSER_PATH) return {}
  if (found === undefined || !isProgram(found)) found = findBrowser(env)?.path
  return found === undefined ? {} : { BROWSER_PATH: found }
}

/** With compiled code at hand a reader needs 30 MB and half a second less. */
const compileCache = () => getCompileCacheDir() ?? path.join(os.tmpdir(), 'node-compile-cache')

/** Lets it close its browser. Not by closing the channel: Node then never says that the child has closed. */
function leave(child: ChildProcess): void {
  if (child.connected) child.send('stop', () => {})
  setTimeout(() => child.kill('SIGKILL'), 4_000).unref()
}
