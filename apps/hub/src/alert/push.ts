import { createHash } from 'node:crypto'
import type { AlertStore } from '../store/alert.ts'
import { newVapidKeys, type VapidDetails, type VapidKeys } from './channel/web-push.ts'
import type { Sealer } from './sealed.ts'

const PLACE = 'vapid'

/** The id of a subscription: SHA-256 of its endpoint, hex. */
export function subscriptionId(endpoint: string): string {
  return createHash('sha256').update(endpoint).digest('hex')
}

/** The keys by which push services know this hub. They are made at their first use, and are the same in all hubs of a store. */
export class PushKeys {
  readonly #store: AlertStore
  readonly #sealer: Sealer
  readonly #subject: string
  #keys: VapidKeys | undefined

  /** @param subject `mailto:…` or `https://…` */
  constructor(store: AlertStore, sealer: Sealer, subject: string) {
    this.#store = store
    this.#sealer = sealer
    this.#subject = subject
  }

  async details(): Promise<VapidDetails> {
    return { ...(await this.#read()), subject: this.#subject }
  }

  async publicKey(): Promise<string> {
    return (await this.#read()).publicKey
  }

  async #read(): Promise<VapidKeys> {
    if (this.#keys !== undefined) return this.#keys
    let mark = await this.#store.mark('vapid')
    if (mark === undefined) {
      const { publicKey, privateKey } = await newVapidKeys()
      await this.#store.putMark('vapid', { value: { publicKey, sealed: this.#sealer.seal(privateKey, PLACE) }, revision: 1 })
      // Another hub may have been first.
      mark = await this.#store.mark('vapid')
    }
    const { publicKey, sealed } = mark!.value as { publicKey: string; sealed: string }
    this.#keys = { publicKey, privateKey: this.#sealer.open(sealed, PLACE) }
    return this.#keys
  }
}
