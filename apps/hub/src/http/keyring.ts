import { timingSafeEqual } from 'node:crypto'
import type { Key } from '@signalbox/contract/key'
import type { EnvironmentKey } from '../config.ts'
import type { KeyStore } from '../store/store.ts'
import { hashOf, prefixOf } from './key-text.ts'
import type { Principal } from './principal.ts'

const MINUTE = 60_000

/** A key that is known, and until when a cookie made of it may hold. */
export interface KnownKey {
  readonly id: string
  readonly name: string
  readonly scopes: Principal['scopes']
}

/** All keys there are: those of the environment and those of the store. Nothing is remembered, so revoking is at once. */
export class Keyring {
  readonly #environment: readonly EnvironmentKey[]
  readonly #store: KeyStore
  readonly #noted = new Map<string, number>()

  constructor(environment: readonly EnvironmentKey[], store: KeyStore) {
    this.#environment = environment
    this.#store = store
  }

  /** Whether any key of any kind was ever made. */
  async any(): Promise<boolean> {
    return this.#environment.length > 0 || (await this.#store.any())
  }

  /** The key of the environment behind a text. */
  ofEnvironment(text: string): KnownKey | undefined {
    const hash = hashOf(text)
    let found: KnownKey | undefined
    // To the end, whichever it is: how long it takes must not tell.
    for (const key of this.#environment) if (timingSafeEqual(key.hash, hash)) found = key
    return found
  }

  /** The key behind a text, whatever became of it since. */
  async find(text: string, now: number): Promise<KnownKey | Refused | undefined> {
    const hash = hashOf(text)
    let found: KnownKey | Refused | undefined = this.ofEnvironment(text)
    if (found !== undefined) return found
    for (const { key, hash: kept } of await this.#store.findByPrefix(prefixOf(text))) {
      if (timingSafeEqual(Buffer.from(kept, 'hex'), hash)) found = stateOf(key, now)
    }
    return found
  }

  /** The key a cookie was made of, if it still may come in. */
  async byId(id: string, now: number): Promise<KnownKey | Refused | undefined> {
    const environment = this.#environment.find((key) => key.id === id)
    if (environment !== undefined) return environment
    const key = await this.#store.find(id)
    return key && stateOf(key, now)
  }

  /** Notes the use of a managed key, once a minute at most: a write for every request would be most of the work. */
  noteUse(id: string, now: number): Promise<void> | undefined {
    if (!id.startsWith('k_') || (this.#noted.get(id) ?? 0) > now - MINUTE) return undefined
    this.#noted.set(id, now)
    return this.#store.touch(id, now)
  }
}

/** A key that was right once. */
export interface Refused {
  readonly refused: string
}

export function isRefused(key: KnownKey | Refused): key is Refused {
  return 'refused' in key
}

function stateOf(key: Key, now: number): KnownKey | Refused {
  if (key.revoked_at !== undefined) return { refused: `The key "${key.name}" was revoked; ask for another one.` }
  if (key.expires_at !== undefined && Date.parse(key.expires_at) <= now) {
    return { refused: `The key "${key.name}" ended on ${key.expires_at}; ask for another one.` }
  }
  return { id: key.key_id, name: key.name, scopes: key.scopes }
}
