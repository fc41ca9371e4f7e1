import { setTimeout as sleep } from 'node:timers/promises'
import { HubError } from '../hub-error.ts'
import { shareRunning } from '../share-running.ts'
import type { StorageMetadata } from '../store/limit-version.ts'
import type { Store } from '../store/store.ts'

/** The result of one check of the store. */
export interface StoreCheck {
  readonly problem: HubError | undefined
  /** Undefined where it could not be read. */
  readonly limits: StorageMetadata | undefined
}

/** How long a health request waits for the store, in milliseconds. */
const CHECK_TIMEOUT_MS = 60
/** How long a good result holds while the store is busy, in milliseconds. */
const GOOD_RESULT_TTL_MS = 5_000

/** Checks the store within a short timeout: a driver may take seconds to notice that its server is away. */
export class StoreHealth {
  readonly #store: Store
  #lastGood: { check: StoreCheck; at: number } | undefined

  constructor(store: Store) {
    this.#store = store
  }

  async check(): Promise<StoreCheck> {
    const timeout = new AbortController()
    const timedOut = sleep(CHECK_TIMEOUT_MS, undefined, { signal: timeout.signal }).catch(() => undefined)
    const check = await Promise.race([this.#run(), timedOut])
    timeout.abort()
    if (check !== undefined) return check
    if (this.#lastGood !== undefined && performance.now() - this.#lastGood.at < GOOD_RESULT_TTL_MS) return this.#lastGood.check
    return { problem: new HubError('unavailable', 'The hub database does not answer'), limits: undefined }
  }

  readonly #run = shareRunning(async (): Promise<StoreCheck> => {
    const problem = await this.#store.check().then(
      () => undefined,
      (error: unknown) => toHubError(error),
    )
    // A store that cannot be written can often be read.
    const limits = problem?.code === 'unavailable' ? undefined : await this.#store.limits.metadata().catch(() => undefined)
    const check = { problem, limits }
    if (problem === undefined) this.#lastGood = { check, at: performance.now() }
    return check
  })
}

function toHubError(error: unknown): HubError {
  return error instanceof HubError ? error : new HubError('database_error', 'The hub database does not answer', { cause: error })
}
