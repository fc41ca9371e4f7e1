import { isLoopback } from '@signalbox/hub-address/this-machine'
import type { AlertStore } from '../store/alert.ts'
import { compareAndSet, lost } from '../store/compare-and-set.ts'

const MARK = 'address'

export interface HubAddressOptions {
  readonly store: Pick<AlertStore, 'mark' | 'putMark'>
  /** PUBLIC_URL. */
  readonly publicUrl: string | undefined
  readonly basePath: string
  /** Where the hub listens, when only this machine reaches it. */
  readonly loopbackPort: () => number | undefined
}

/**
 * The address of the hub for links in messages. Messages are made where there is no request, so it is PUBLIC_URL, else the address
 * at which a person has set up a channel, else that of this machine where no one else reaches the hub.
 */
export class HubAddress {
  readonly #options: HubAddressOptions

  constructor(options: HubAddressOptions) {
    this.#options = options
  }

  /** Without a slash at its end; undefined where it is not known. */
  async url(): Promise<string | undefined> {
    const { publicUrl, store, basePath, loopbackPort } = this.#options
    if (publicUrl !== undefined) return publicUrl
    const noted = (await store.mark(MARK))?.value.url
    if (typeof noted === 'string') return noted
    const port = loopbackPort()
    return port === undefined ? undefined : `http://127.0.0.1:${port}${basePath}`
  }

  /**
   * A person who may change channels has used the hub at this address.
   * @param url without a slash at its end; not one of this machine alone, which others cannot follow
   */
  async note(url: string): Promise<void> {
    const { publicUrl, store } = this.#options
    if (publicUrl !== undefined || !URL.canParse(url) || isLoopback(new URL(url).hostname)) return
    await compareAndSet(async () => {
      const known = await store.mark(MARK)
      if (known?.value.url === url) return undefined
      return (await store.putMark(MARK, { value: { url }, revision: (known?.revision ?? 0) + 1 })) ? undefined : lost
    })
  }
}
