import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Finished {
  /** null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Child {
  readonly process: ChildProcess
  /** Everything written so far to stdout and stderr. */
  readonly output: () => string
  /** Resolves with the first line, past or future, that matches; on stdout or stderr. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves with the first IPC message, past or future, that `wanted` accepts. */
  message<T>(wanted: (message: unknown) => T | undefined): Promise<T>
  readonly finished: Promise<Finished>
  /** Sends a signal and waits for the end; a child that has ended gets none. */
  stop(signal?: NodeJS.Signals): Promise<Finished>
}

export interface ChildOptions extends Pick<SpawnOptions, 'cwd' | 'uid' | 'gid'> {
  /** Added to the environment of the test; undefined removes a name. */
  readonly env?: Record<string, string | undefined>
  /** Opens an IPC channel, over which a child may report its address. */
  readonly ipc?: boolean
  readonly input?: string | Buffer
  /** So many open files the child inherits beside the usual ones. */
  readonly inheritedFiles?: number
}

/** Starts Node; the caller stops it. */
export function startNode(args: readonly string[], options: ChildOptions = {}): Child {
  return start(process.execPath, args, options)
}

/** Starts a program; the caller stops it. Let it listen on port 0 and report its address. */
export function start(command: string, args: readonly string[], options: ChildOptions = {}): Child {
  const child = spawn(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
    env: { ...process.env, ...options.env },
    stdio: [
      'pipe',
      'pipe',
      'pipe',
      ...(options.ipc ? (['ipc'] as const) : []),
      // Its errors, once more: the files of 'ignore' are not opened.
      ...Array.from({ length: options.inheritedFiles ?? 0 }, () => 2),
    ],
  })
  const lines: string[] = []
  const messages: unknown[] = []
  const waiting = new Set<() => void>()
  const recheck = () => {
    for (const check of waiting) check()
  }
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      recheck()
    })
  }
  child.on('message', (message) => {
    messages.push(message)
    recheck()
  })
  // A child that ends before it has read its input is no failure of the test.
  child.stdin?.on('error', () => {})
  child.stdin?.end(options.input)

  let ended: Finished | undefined
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      ended = { code, signal, stdout, stderr }
      resolve(ended)
      recheck()
    })
  })
  // Without a handler, a failed start would end the whole test run; callers that await `finished` still see it.
  finished.catch(() => {})

  const output = () => stdout + stderr
  const until = <T>(what: string, find: () => T | undefined) =>
    new Promise<T>((resolve, reject) => {
      const check = () => {
        const found = find()
        if (found !== undefined) resolve(found)
        else if (ended !== undefined) reject(new Error(`${command} ended (${ended.signal ?? ended.code}) without ${what}:\n${output()}`))
        else return
        waiting.delete(check)
      }
      waiting.add(check)
      finished.catch(reject)
      check()
    })

  return {
    process: child,
    output,
    finished,
    line: (pattern) =>
      until(`a line like ${pattern}`, () => {
        for (const line of lines) {
          const match = new RegExp(pattern.source, pattern.flags.replace('g', '')).exec(line)
          if (match !== null) return match
        }
        return undefined
      }),
    message: <T>(wanted: (message: unknown) => T | undefined) =>
      until('that message', () => {
        for (const message of messages) {
          const found = wanted(message)
          if (found !== undefined) return found
        }
        return undefined
      }),
    stop: async (signal = 'SIGTERM') => {
      if (ended === undefined) child.kill(signal)
      return finished
    },
  }
}

/** Runs a program to its end. */
export function run(command: string, args: readonly string[], options: ChildOptions = {}): Promise<Finished> {
  return start(command, args, options).finished
}
