import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LambdaEmulator, setupLambdaEmulator } from '../../scripts/setup/lambda-emulator.mjs'
import { freePort } from './free-port.ts'

export type Emulator = Exclude<LambdaEmulator, { missing: string }>

/** Why AWS's emulator cannot be had here, after it was said; where it must be had (CI=true), that is an error. */
export async function whyNoEmulator(): Promise<string | undefined> {
  const { missing } = await setupLambdaEmulator()
  if (missing === undefined) return undefined
  if (process.env.CI === 'true') throw new Error(`the tests on AWS's emulator must run here: ${missing}`)
  console.warn(`SKIPPED: the hub is not tested on AWS's emulator of Lambda, because ${missing}`)
  return missing
}

export interface InstanceOptions {
  /** The folder that would be uploaded. */
  readonly folder: string
  /** As in the settings of a function: file and export. */
  readonly handler?: string
  readonly env: NodeJS.ProcessEnv
  readonly timeoutS?: number
  /** A file with the clocks of the test: `moved-clock.mjs`. */
  readonly clock?: string
}

/** What the emulator answers where the function did not. */
export interface FunctionError {
  readonly errorType?: string
  readonly errorMessage: string
}

export function isFunctionError(answer: unknown): answer is FunctionError {
  return typeof answer === 'object' && answer !== null && 'errorMessage' in answer
}

/**
 * One instance of a function: AWS's Runtime Interface Emulator, and in it AWS's Runtime Interface Client for Node with our bundle.
 * As on Lambda it has one call at a time, and others wait; between two calls it is frozen, which the emulator does not do. The runtime starts at the first call, and again at the call after its end.
 */
export class LambdaInstance {
  readonly #emulator: ChildProcess
  readonly #url: string
  readonly #ended: Promise<void>
  #output = ''
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #frozen: number | undefined

  private constructor(emulator: ChildProcess, port: number) {
    this.#emulator = emulator
    this.#url = `http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`
    for (const stream of [emulator.stdout!, emulator.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
    this.#ended = new Promise((resolve) => emulator.on('close', () => resolve()))
  }

  static async start(options: InstanceOptions): Promise<LambdaInstance> {
    const found = await setupLambdaEmulator()
    if (found.missing !== undefined) throw new Error(found.missing)
    // A port that was free a moment ago may be taken by now.
    for (let attempt = 1; ; attempt++) {
      const instance = await tryStart(found, options)
      if (instance !== undefined) return instance
      if (attempt === 5) throw new Error('the emulator of Lambda does not start')
    }
  }

  static spawn(
    emulator: Emulator,
    { folder, handler = 'lambda.handler', env, timeoutS = 30, clock }: InstanceOptions,
    ports: readonly [number, number],
  ): LambdaInstance {
    const [own, runtime] = ports
    const preload = clock === undefined ? [] : ['--import', path.join(import.meta.dirname, 'moved-clock.mjs')]
    const words = [
      '--runtime-interface-emulator-address',
      `127.0.0.1:${own}`,
      '--runtime-api-address',
      `127.0.0.1:${runtime}`,
      '--log-level',
      'info',
    ]
    const child = spawn(emulator.rie, [...words, process.execPath, ...preload, emulator.ric, handler], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        TZ: 'UTC',
        // What Lambda sets, and the emulator leaves to its image.
        LAMBDA_TASK_ROOT: folder,
        AWS_LAMBDA_FUNCTION_NAME: 'hub',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
        AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeoutS),
        AWS_LAMBDA_LOG_FORMAT: 'JSON',
        ...(clock === undefined ? {} : { TEST_CLOCK: clock }),
        ...env,
      },
    })
    return new LambdaInstance(child, own)
  }

  /** Everything that the emulator and the function have written. */
  get output(): string {
    return this.#output
  }

  get hasEnded(): boolean {
    return this.#emulator.exitCode !== null || this.#emulator.signalCode !== null
  }

  /** Whether a call now would have to wait. */
  get isBusy(): boolean {
    return this.#waiting > 0
  }

  /** Calls the function. @returns its answer, or what the emulator says of a call that failed */
  invoke<T>(event: unknown): Promise<T | FunctionError> {
    this.#waiting++
    const answer = this.#last.then(() => this.#call<T>(event))
    this.#last = answer.catch(() => {}).then(() => void this.#waiting--)
    return answer
  }

  async #call<T>(event: unknown): Promise<T | FunctionError> {
    this.#thaw()
    try {
      return await this.#send<T>(event)
    } finally {
      this.#freeze()
    }
  }

  async #send<T>(event: unknown): Promise<T | FunctionError> {
    const response = await fetch(this.#url, { method: 'POST', body: JSON.stringify(event) })
    const text = await response.text()
    // Of a time-out it answers with a sentence.
    if (text.startsWith('Task timed out')) return { errorType: 'Sandbox.Timedout', errorMessage: text }
    return text === '' ? (undefined as T) : (JSON.parse(text) as T | FunctionError)
  }

  /** The process of the function; undefined while there is none. */
  get runtimePid(): number | undefined {
    return childrenOf(this.#emulator.pid!).find(isRunning)
  }

  /** Freezes it in the middle of a call, lets it go on, or ends it, as Lambda may at any time. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    const pid = this.runtimePid
    if (pid === undefined) throw new Error(`there is no runtime to get ${signal}:\n${this.#output}`)
    process.kill(pid, signal)
  }

  /** Between two calls Lambda lets nothing run. */
  #freeze(): void {
    const pid = this.runtimePid
    if (pid !== undefined && sendSignal(pid, 'SIGSTOP')) this.#frozen = pid
  }

  #thaw(): void {
    if (this.#frozen !== undefined) sendSignal(this.#frozen, 'SIGCONT')
    this.#frozen = undefined
  }

  /** How long each start of the function took, in milliseconds, as the emulator reports it. */
  get initMs(): number[] {
    return [...this.#output.matchAll(/INIT REPORT\(durationMs: ([\d.]+)\)/g)].map(([, ms]) => Number(ms))
  }

  /** How long each call took in the function. */
  get durationsMs(): number[] {
    return [...this.#output.matchAll(/INVOKE RTDONE\(status: success.*duration: ([\d.]+)ms\)/g)].map(([, ms]) => Number(ms))
  }

  async stop(): Promise<void> {
    // One that is frozen would outlive the emulator.
    const pid = this.runtimePid
    this.#emulator.kill('SIGKILL')
    if (pid !== undefined) sendSignal(pid, 'SIGKILL')
    await this.#ended
  }
}

/** @returns whether there was such a process */
function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** @returns undefined when a port was taken */
async function tryStart(emulator: Emulator, options: InstanceOptions): Promise<LambdaInstance | undefined> {
  const ports = [await freePort(), await freePort()] as const
  const instance = LambdaInstance.spawn(emulator, options, ports)
  while (!instance.hasEnded) {
    try {
      // Any answer will do: a call would start the runtime.
      await fetch(`http://127.0.0.1:${ports[0]}/`)
      return instance
    } catch {
      await sleep(10)
    }
  }
  await instance.stop()
  return undefined
}

/** Go starts processes from any of its threads. */
function childrenOf(pid: number): number[] {
  try {
    const tasks = fs.readdirSync(`/proc/${pid}/task`)
    return tasks.flatMap((task) => fs.readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number))
  } catch {
    return []
  }
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
