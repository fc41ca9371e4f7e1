import fs from 'node:fs'
import path from 'node:path'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import { redactsProjects } from '@signalbox/hub-address/redaction'
import { readRegularFile } from '@signalbox/hub-address/regular-file'
import { ContactNote, isRefusal } from './contact.ts'
import { convertSpool, isSpoolEmpty, sweep } from './convert-spool.ts'
import { type DataFolder, listFiles, removeFile, writeLog } from './data-folder.ts'
import { findHubTarget, type HubTarget } from './hub-target.ts'
import { postObservations } from './post-observations.ts'
import { SenderLock } from './sender-lock.ts'
import { UploadQueue } from './upload-queue.ts'

/** How often the spool is looked at, for the case that the file system does not notify. */
const SWEEP_MS = 1_000
/** How often a process that does not send checks whether one does. */
const FOLLOW_MS = 2_000
/** How long to wait after a notification: a turn often writes several events at once. */
const GATHER_MS = 15
const REFRESH_MS = 3_000
const CLEAN_MS = 600_000
const MAX_SIGN_BYTES = 1_000_000
/** In a short outage the hub is asked often, so that the board is current soon after. */
const RETRY_FIRST_MS = 1_000
const RETRY_MAX_MS = 10_000
const LONG_OUTAGE_MS = 600_000
const RETRY_LONG_MS = 60_000

export interface DeliveryOptions {
  readonly folder: DataFolder
  readonly env: NodeJS.ProcessEnv
}

/**
 * Sends what the hooks have spooled to the hub, in order. While no hub can be reached, it keeps it. It prints nothing. Of all
 * processes that share the folder one delivers; another takes over when it ends.
 */
export class Delivery {
  readonly #folder: DataFolder
  readonly #env: NodeJS.ProcessEnv
  readonly #queue: UploadQueue
  readonly #lock: SenderLock
  readonly #contact: ContactNote
  #timer: NodeJS.Timeout | undefined
  #watcher: fs.FSWatcher | undefined
  #running = false
  #again = false
  #stopped = false
  #leads = false
  #sending: Promise<void> | undefined
  #failures = 0
  #failingSince: number | undefined
  #failing: string | undefined
  #nextAttemptAt = 0
  /** What goes wrong now, each logged once. */
  readonly #problems = new Set<string>()
  #refreshedAt = 0
  #cleanedAt = 0
  /** When there was last something to do, in milliseconds since 1970. */
  #activeAt = Date.now()

  constructor({ folder, env }: DeliveryOptions) {
    this.#folder = folder
    this.#env = env
    this.#queue = new UploadQueue(folder)
    this.#lock = new SenderLock(folder)
    this.#contact = new ContactNote(folder)
  }

  start(): void {
    this.#wake(0)
  }

  /** Whether this process is the one that delivers. */
  get leads(): boolean {
    return this.#leads
  }

  /** Since when there has been nothing to do; undefined while there is something. */
  get idleSince(): number | undefined {
    if (this.#sending !== undefined || !isSpoolEmpty(this.#folder) || !this.#queue.isEmpty) return undefined
    return this.#activeAt
  }

  /** Since when the hub has not confirmed anything; undefined while it does. */
  get failingSince(): number | undefined {
    return this.#failingSince
  }

  /** Delivers what is there now, without waiting for the next turn. */
  wake(): void {
    this.#wake(0)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#unwatch()
    this.#lock.release()
    this.#leads = false
  }

  #wake(delayMs: number): void {
    if (this.#stopped) return
    if (this.#running) {
      this.#again = true
      return
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#turn(), delayMs)
  }

  #turn(): void {
    this.#running = true
    this.#again = false
    try {
      this.#lead()
    } catch (error) {
      // A full disk, or a folder that was removed: the next turn may succeed.
      this.#leads = false
      writeLog(this.#folder, `The data folder cannot be used: ${(error as Error).message}`)
    }
    this.#running = false
    this.#wake(this.#again ? 0 : this.#leads ? SWEEP_MS : FOLLOW_MS)
  }

  #lead(): void {
    const now = Date.now()
    const target = this.#target()
    // A process that has just failed leaves the lock to others that have another hub.
    const wants = this.#leads || now >= this.#nextAttemptAt
    const leads = wants && (this.#leads ? this.#lock.isMine : this.#lock.take(target?.id ?? 'none', now))
    if (leads !== this.#leads) {
      this.#leads = leads
      this.#refreshedAt = 0
      if (leads) this.#watch()
      else this.#unwatch()
    }
    if (!leads) return
    if (now - this.#refreshedAt >= REFRESH_MS || now < this.#refreshedAt) {
      this.#lock.refresh(this.#failing, now)
      this.#refreshedAt = now
    }
    this.#attempt('The spool cannot be converted', () => {
      const redact = redactsProjects(this.#env)
      while (convertSpool(this.#folder, this.#queue, { now, redact }) > 0) this.#activeAt = now
    })
    if (now - this.#cleanedAt >= CLEAN_MS) this.#attempt('The data folder cannot be cleaned', () => this.#clean(now))
    if (this.#sending === undefined && now >= this.#nextAttemptAt) {
      this.#sending = this.#send(target)
        .catch((error: Error) => this.#fail(target, error.message))
        .finally(() => {
          this.#sending = undefined
        })
    }
  }

  /** One step that fails must not stop the others: what is in the queue can be sent, and has a limit, all the same. */
  #attempt(problem: string, step: () => void): void {
    try {
      step()
      if (this.#problems.delete(problem)) writeLog(this.#folder, `No longer: ${problem}.`)
    } catch (error) {
      if (!this.#problems.has(problem)) writeLog(this.#folder, `${problem}: ${(error as Error).message}`)
      this.#problems.add(problem)
    }
  }

  #clean(now: number): void {
    this.#cleanedAt = now
    sweep(this.#folder, now)
    const dropped = this.#queue.limit()
    if (dropped > 0) writeLog(this.#folder, `The queue was full: ${dropped} of the oldest observations are dropped.`)
  }

  #target(): HubTarget | undefined {
    try {
      return findHubTarget(this.#env)
    } catch (error) {
      if (this.#failing !== 'none') writeLog(this.#folder, `No hub: ${(error as Error).message}`)
      return undefined
    }
  }

  async #send(target: HubTarget | undefined): Promise<void> {
    if (target === undefined) return this.#fail(target, 'no hub is known')
    for (;;) {
      const batch = this.#queue.oldest()
      const signs = batch === undefined ? this.#signsOfLife() : []
      const observations = batch?.observations ?? signs.map(({ observation }) => observation)
      if (observations.length === 0) {
        // Files in which no line could be read.
        if (batch === undefined) return
        this.#queue.confirm(batch)
        continue
      }
      if (this.#stopped || !(await this.#post(target, observations))) return
      if (batch !== undefined) this.#queue.confirm(batch)
      for (const sign of signs) removeIfUnchanged(sign)
      this.#activeAt = Date.now()
      if (batch === undefined) return
    }
  }

  /** @returns whether the batch is done with */
  async #post(target: HubTarget, observations: readonly SessionObservation[]): Promise<boolean> {
    const result = await postObservations(target, observations)
    if (result.kind === 'failed') {
      this.#fail(target, result.reason, result.retryAfterMs)
      return false
    }
    if (result.kind === 'too-large') {
      // One that can never be sent must not hold up the others.
      if (observations.length === 1) {
        writeLog(this.#folder, 'An observation is too large for the hub and is dropped.')
        return true
      }
      const half = Math.ceil(observations.length / 2)
      return (await this.#post(target, observations.slice(0, half))) && (await this.#post(target, observations.slice(half)))
    }
    for (const { reason } of result.rejected.slice(0, 5))
      writeLog(this.#folder, `The hub rejected an observation: ${String(reason).slice(0, 200)}`)
    if (this.#failing !== undefined) writeLog(this.#folder, `The hub at ${target.url} is there again.`)
    this.#contact.write(target, undefined, Date.now())
    this.#failures = 0
    this.#failing = undefined
    this.#failingSince = undefined
    this.#nextAttemptAt = 0
    return true
  }

  #fail(target: HubTarget | undefined, reason: string, retryAfterMs?: number): void {
    const now = Date.now()
    this.#failingSince ??= now
    if (target !== undefined) this.#contact.write(target, reason, now)
    const max = now - this.#failingSince > LONG_OUTAGE_MS ? RETRY_LONG_MS : RETRY_MAX_MS
    const delay = Math.min(max, RETRY_FIRST_MS * 2 ** Math.min(this.#failures++, 10))
    // Half of it is random, so that the machines of a fleet do not come back all at once.
    this.#nextAttemptAt = now + Math.max(retryAfterMs ?? 0, delay / 2 + (delay / 2) * Math.random())
    const failing = target?.id ?? 'none'
    if (this.#failing !== failing) {
      writeLog(
        this.#folder,
        `The hub ${target === undefined ? '' : `at ${target.url} (${target.from}) `}${isRefusal(reason) ? 'refuses what is sent' : 'cannot be reached'}: ${reason}. Trying again.`,
      )
      this.#failing = failing
      this.#refreshedAt = 0
    }
  }

  #signsOfLife(): { readonly file: string; readonly text: string; readonly observation: SessionObservation }[] {
    return listFiles(this.#folder.alive)
      .filter((name) => name.endsWith('.json'))
      .slice(0, 50)
      .flatMap((name) => {
        const file = path.join(this.#folder.alive, name)
        try {
          const { text } = readRegularFile(file, MAX_SIGN_BYTES)
          return [{ file, text, observation: JSON.parse(text) as SessionObservation }]
        } catch {
          removeFile(file)
          return []
        }
      })
  }

  #watch(): void {
    this.#unwatch()
    try {
      this.#watcher = fs.watch(this.#folder.spool, { persistent: false }, (_, name) => {
        if (name === null || !name.endsWith('.part')) this.#wake(GATHER_MS)
      })
      this.#watcher.on('error', () => this.#unwatch())
    } catch {
      // The sweep finds what a watcher would have announced.
    }
  }

  #unwatch(): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }
}

/** A newer sign of life may have replaced the one that was sent. */
function removeIfUnchanged({ file, text }: { file: string; text: string }): void {
  try {
    if (readRegularFile(file, MAX_SIGN_BYTES).text === text) fs.rmSync(file)
  } catch {
    // Another process has removed it.
  }
}
