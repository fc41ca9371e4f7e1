import { HubError } from '../hub-error.ts'
import type { StorageMetadata, Store } from '../store/store.ts'

/** How a store was found to be. */
export interface Look {
  readonly problem: HubError | undefined
  /** Undefined where it could not be read. */
  readonly readings: StorageMetadata | undefined
}

/** So long, in milliseconds, whoever asks waits for the store. */
const PATIENCE_MS = 60
/** So long, in milliseconds, a store that was well is taken to be so while it is busy. */
const TRUST_MS = 5_000

/** How the store is, said at once: a driver may take seconds to notice that nobody is there, and nobody waits for that. */
export class StoreLook {
  readonly #store: Store
  #looking: Promise<Look> | undefined
  #well: { look: Look; at: number } | undefined

  constructor(store: Store) {
    this.#store = store
  }

  async now(): Promise<Look> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    let timer: NodeJS.Timeout | undefined
    const soon = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), PATIENCE_MS)
    })
    const look = await Promise.race([this.#looking, soon])
    clearTimeout(timer)
    if (look !== undefined) return look
    if (this.#well !== undefined && performance.now() - this.#well.at < TRUST_MS) return this.#well.look
    return { problem: new HubError('unavailable', 'The store does not answer'), readings: undefined }
  }

  async #look(): Promise<Look> {
    const problem = await this.#store.check().then(
      () => undefined,
      (error: unknown) => asHubError(error),
    )
    // One that cannot be written can often be read.
    const readings = problem?.code === 'unavailable' ? undefined : await this.#store.limits.metadata().catch(() => undefined)
    const look = { problem, readings }
    if (problem === undefined) this.#well = { look, at: performance.now() }
    return look
  }
}

function asHubError(error: unknown): HubError {
  return error instanceof HubError ? error : new HubError('database_error', 'The store does not answer', { cause: error })
}
