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
  /** All it has written so far. */
  readonly output: () => string
  /** The first line, from its start on, on which the pattern matches; on stdout or stderr. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** The first message it sends over IPC that `wanted` accepts. */
  message<T>(wanted: (message: unknown) => T | undefined): Promise<T>
  readonly finished: Promise<Finished>
  /** Sends a signal and waits for the end; nothing happens when it has ended already. */
  stop(signal?: NodeJS.Signals): Promise<Finished>
}

export interface ChildOptions extends Pick<SpawnOptions, 'cwd' | 'uid' | 'gid'> {
  /** Added to the environment of the test; undefined takes a name away. */
  readonly env?: Record<string, string | undefined>
  /** Opens an IPC channel, over which a child may say where it listens. */
  readonly ipc?: boolean
  readonly input?: string | Buffer
}

/** Starts a program of Node's; the caller stops it. */
export function startNode(args: readonly string[], options: ChildOptions = {}): Child {
  return start(process.execPath, args, options)
}

/** Starts a program; the caller stops it. Ports are its own to choose: let it listen on 0 and say where. */
export function start(command: string, args: readonly string[], options: ChildOptions = {}): Child {
  const child = spawn(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])],
  })
  const lines: string[] = []
  const messages: unknown[] = []
  const waiting = new Set<() => void>()
  const tell = () => {
    for (const look of waiting) look()
  }
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      tell()
    })
  }
  child.on('message', (message) => {
    messages.push(message)
    tell()
  })
  // A child that is gone before it read its input is no failure of the test.
  child.stdin?.on('error', () => {})
  child.stdin?.end(options.input)

  let ended: Finished | undefined
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      ended = { code, signal, stdout, stderr }
      resolve(ended)
      tell()
    })
  })
  // Whoever awaits it hears of it; nobody has to.
  finished.catch(() => {})

  const output = () => stdout + stderr
  const until = <T>(what: string, look: () => T | undefined) =>
    new Promise<T>((resolve, reject) => {
      const check = () => {
        const found = look()
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
