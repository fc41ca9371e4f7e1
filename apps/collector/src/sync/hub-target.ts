import { type Clock, LIMITS_PATH, StateTrackingApiClient } from '@signalbox/client'
import { type SyncFailure, toSyncCategory, toSyncFailure } from './failure.ts'

export interface HubTargetOptions {
  readonly baseUrl: string
  /** The path of the routes of plan limits, where it is not that of a hub. */
  readonly limitsPath?: string | undefined
  readonly key: string | undefined
  readonly keyHeader: 'authorization' | 'x-api-key'
  /** Milliseconds for one attempt. */
  readonly timeout: number
  readonly clock: Clock
  /** The settings that name the address, for suggestions. */
  readonly addressSettings: string
  /** What a response without a store id means: `required` makes it a failure, `optional` an unknown store. */
  readonly storeId: 'required' | 'optional'
}

/** A hub that data is uploaded to, with the current key. */
export class HubTarget {
  readonly #options: HubTargetOptions
  #key: string | undefined
  #client: StateTrackingApiClient
  #clockSkew: number | undefined

  constructor(options: HubTargetOptions) {
    this.#options = options
    this.#key = options.key
    this.#client = this.#createClient()
  }

  /** The client with the current key, without retries of its own; used for one request at a time. */
  get client(): StateTrackingApiClient {
    return this.#client
  }

  /** How far the clock of this machine is ahead of the hub's, in milliseconds; undefined before the hub has answered. */
  get clockSkew(): number | undefined {
    return this.#clockSkew
  }

  renewKey(key: string): void {
    this.#key = key
    this.#client = this.#createClient()
  }

  /**
   * Reads the id of the hub's store, which changes when the hub was emptied.
   * @returns undefined when it is unknown
   * @throws ApiClientError, or the signal's reason
   */
  async readStoreId(signal: AbortSignal): Promise<string | undefined> {
    const { limitsPath, storeId } = this.#options
    // The server is not a hub, or its other routes are unknown.
    if (limitsPath !== undefined) return undefined
    try {
      const { store_id } = await this.#client.whoAmI({ signal })
      return typeof store_id === 'string' ? store_id : undefined
    } catch (error) {
      if (signal.aborted || storeId === 'required' || toSyncCategory(error) !== 'UNKNOWN') throw error
      return undefined
    }
  }

  describeFailure(error: unknown): SyncFailure {
    return toSyncFailure(error, { hasKey: this.#key !== undefined, addressSettings: this.#options.addressSettings })
  }

  #createClient(): StateTrackingApiClient {
    const { baseUrl, limitsPath, keyHeader, timeout, clock } = this.#options
    const noteDate = async (input: string, init: RequestInit) => {
      const response = await fetch(input, init)
      this.#noteDate(response.headers.get('date'))
      return response
    }
    return new StateTrackingApiClient({ baseUrl, limitsPath, apiKey: this.#key, keyHeader, timeout, clock, retry: false, fetch: noteDate })
  }

  /** Every answer says what time it is at the hub, to the second. */
  #noteDate(date: string | null): void {
    const at = Date.parse(date ?? '')
    if (!Number.isNaN(at)) this.#clockSkew = Math.round(this.#options.clock.now() - at - 500)
  }
}

const CALLS_TIMEOUT_MS = 30_000
const SNAPSHOTS_TIMEOUT_MS = 10_000

interface TargetOptions {
  readonly url: string
  readonly key: string | undefined
  readonly clock: Clock
  /** Milliseconds for one attempt; for tests. */
  readonly timeout?: number | undefined
}

/** The hub for calls. @param url its base address */
export function callsTarget({ url, key, clock, timeout = CALLS_TIMEOUT_MS }: TargetOptions): HubTarget {
  return new HubTarget({
    baseUrl: url,
    key,
    keyHeader: 'authorization',
    timeout,
    clock,
    addressSettings: 'SIGNALBOX_URL',
    storeId: 'required',
  })
}

/** The hub for snapshots. @param url the whole address that they are posted to; it may be another server than a hub */
export function snapshotsTarget({ url, key, clock, timeout = SNAPSHOTS_TIMEOUT_MS }: TargetOptions): HubTarget {
  const { origin } = new URL(url)
  const isHub = url.endsWith(LIMITS_PATH)
  return new HubTarget({
    baseUrl: isHub ? url.slice(0, -LIMITS_PATH.length) : origin,
    limitsPath: isHub ? undefined : url.slice(origin.length),
    key,
    keyHeader: 'x-api-key',
    timeout,
    clock,
    addressSettings: 'CLAUDE_SYNC_URL, or SIGNALBOX_URL where it is not set',
    storeId: 'optional',
  })
}
