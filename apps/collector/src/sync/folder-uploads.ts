import { ApiClientError, type Clock } from '@signalbox/client'
import type { FolderQueue } from '@signalbox/ledger'
import type { HubTarget } from './hub-target.ts'

/** Folders of one request; with the longest names these are 2 MB. */
const MAX_FOLDERS = 200
/** A hub that does not take them, because it is older or the key may not, is asked again after this time. */
const REFUSED_PAUSE_MS = 3_600_000

/** Sends the projects of folders. Calls never wait for a hub that does not take them. */
export class FolderUploads {
  readonly #queue: FolderQueue
  readonly #hub: HubTarget
  readonly #machineId: string
  readonly #clock: Pick<Clock, 'now'>
  #pausedUntil = Number.NEGATIVE_INFINITY

  constructor(queue: FolderQueue, hub: HubTarget, machineId: string, clock: Pick<Clock, 'now'>) {
    this.#queue = queue
    this.#hub = hub
    this.#machineId = machineId
    this.#clock = clock
  }

  arePending(): boolean {
    return !this.#isPaused() && this.#queue.next(1) !== undefined
  }

  /** Sends all of them. @throws ApiClientError when the hub is away */
  async send(signal: AbortSignal): Promise<void> {
    while (!this.#isPaused()) {
      const page = this.#queue.next(MAX_FOLDERS)
      if (page === undefined) return
      try {
        await this.#hub.client.ingestFolders(this.#machineId, page.folders, { signal })
      } catch (error) {
        if (!isRefusal(error)) throw error
        this.#pausedUntil = this.#clock.now() + REFUSED_PAUSE_MS
        return
      }
      this.#queue.confirm(page)
    }
  }

  /** The hub may be another one. */
  retry(): void {
    this.#pausedUntil = Number.NEGATIVE_INFINITY
  }

  #isPaused(): boolean {
    const now = this.#clock.now()
    // A clock that was set back would make the pause longer.
    return now < this.#pausedUntil && this.#pausedUntil - now <= REFUSED_PAUSE_MS
  }
}

/** Whether the hub takes no folders; a key that it does not know is a matter of calls too. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ApiClientError) || error.status === undefined) return false
  return error.status >= 400 && error.status < 500 && ![401, 408, 429].includes(error.status)
}
