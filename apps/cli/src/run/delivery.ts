import { setTimeout as sleep } from 'node:timers/promises'
import type { RunSpool } from './run-spool.ts'
import type { Observation } from './session-recorder.ts'

/** Sends observations to the hub once. `refused`: they must not be sent again. @throws an error when they may be sent later */
export type Send = (machineId: string, observations: readonly Observation[], signal: AbortSignal) => Promise<void>

export interface DeliveryOptions {
  readonly send: Send
  readonly spool: RunSpool
  readonly machineId: string
  readonly runId: string
  readonly startedAt: number
  /** Called at the first failure, and at the first success after one. */
  readonly onChange: (problem: string | undefined) => void
}

const MAX_BATCH = 200
/** The most that is kept while the hub is away: some days of a busy session. */
const MAX_QUEUE = 20_000
const GATHER_MS = 150
const FIRST_RETRY_MS = 1_000
const MAX_RETRY_MS = 60_000

/**
 * Sends the observations of a run in their order, while the run goes on; what fails is tried again. During an outage they are
 * in a file as well, so that little is lost when this process is killed.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #queue: Observation[] = []
  /** Aborted when the run has ended: no more waiting. */
  readonly #finishing = new AbortController()
  /** Aborted when its time is over: no more sending. */
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  #failures = 0
  #file: string | undefined
  #leftoversSent = false

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  add(observation: Observation): void {
    // Of several signs of life in a row, the last says everything.
    const last = this.#queue.at(-1)
    if (last !== undefined && this.#failures > 0 && isHeartbeat(last) && isHeartbeat(observation)) this.#queue.pop()
    this.#queue.push(observation)
    if (this.#queue.length > MAX_QUEUE) this.#queue.splice(this.#queue.findIndex(isDispensable), 1)
    this.#running ??= this.#run()
  }

  /**
   * Sends what is left; what is not sent until the signal is aborted goes to the spool.
   * @returns how many observations that is
   */
  async finish(signal: AbortSignal): Promise<number> {
    signal.addEventListener('abort', () => this.#stopping.abort(), { once: true })
    if (signal.aborted) this.#stopping.abort()
    this.#finishing.abort()
    this.#running ??= this.#run()
    await this.#running
    if (this.#queue.length > 0) this.#save()
    return this.#queue.length
  }

  async #run(): Promise<void> {
    try {
      await pause(GATHER_MS, this.#finishing.signal)
      do {
        if (!(await this.#sendAll())) return
        await this.#sendLeftovers()
      } while (this.#queue.length > 0 && !this.#stopping.signal.aborted)
    } finally {
      this.#running = undefined
    }
  }

  /** @returns whether nothing is left */
  async #sendAll(): Promise<boolean> {
    while (this.#queue.length > 0) {
      if (this.#stopping.signal.aborted) return false
      const isLast = this.#finishing.signal.aborted
      if (await this.#sendBatch()) continue
      // One more attempt when the run ends, and no waiting.
      if (isLast) return false
      this.#save()
      await pause(Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 10)), this.#finishing.signal)
    }
    return true
  }

  /** @returns whether the hub has answered */
  async #sendBatch(): Promise<boolean> {
    const { send, machineId, onChange } = this.#options
    const batch = this.#queue.slice(0, MAX_BATCH)
    try {
      await send(machineId, batch, this.#stopping.signal)
    } catch (error) {
      if (this.#failures === 0) onChange(error instanceof Error ? error.message : String(error))
      this.#failures += 1
      return false
    }
    const sent = new Set(batch)
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter((observation) => !sent.has(observation)))
    if (this.#failures > 0) onChange(undefined)
    this.#failures = 0
    if (this.#queue.length === 0 && this.#file !== undefined) {
      this.#options.spool.remove(this.#file)
      this.#file = undefined
    }
    return true
  }

  /** Sends what earlier runs could not, once the hub has answered. */
  async #sendLeftovers(): Promise<void> {
    if (this.#leftoversSent) return
    const { spool, send } = this.#options
    try {
      for (const file of spool.list()) {
        if (this.#stopping.signal.aborted) return
        const run = spool.read(file)
        if (run === undefined) continue
        for (let start = 0; start < run.observations.length; start += MAX_BATCH) {
          await send(run.machine_id, run.observations.slice(start, start + MAX_BATCH), this.#stopping.signal)
        }
        spool.remove(file)
      }
      this.#leftoversSent = true
    } catch {
      // The next run tries again.
    }
  }

  #save(): void {
    const { spool, startedAt, runId, machineId, onChange } = this.#options
    try {
      this.#file = spool.write(startedAt, runId, { machine_id: machineId, observations: this.#queue })
    } catch (error) {
      onChange(`what could not be sent cannot be kept: ${(error as Error).message}`)
    }
  }
}

/** Only a sign of life. */
function isHeartbeat({ alive, activity, fields, event, end }: Observation): boolean {
  return alive === true && [activity, fields, event, end].every((one) => one === undefined)
}

function isDispensable(observation: Observation, index: number): boolean {
  return index > 0 && (isHeartbeat(observation) || observation.event?.kind === 'tool')
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {})
}
