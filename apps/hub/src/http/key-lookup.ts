import { timingSafeEqual } from 'node:crypto'
import type { Key } from '@signalbox/contract/key'
import type { EnvironmentKey } from '../config.ts'
import type { KeyStore } from '../store/key.ts'
import { hashOf, prefixOf } from './key-text.ts'
import type { Principal } from './principal.ts'

const MINUTE_MS = 60_000

/** A valid key. */
export interface KnownKey {
  readonly id: string
  readonly name: string
  readonly scopes: Principal['scopes']
  readonly bound?: Principal['bound']
  readonly end?: Principal['end']
  /** A key of the environment that could be guessed. */
  readonly weak?: boolean
}

/** Finds keys, those of the environment and those of the store. It caches nothing, so revoking takes effect at once. */
export class KeyLookup {
  readonly #environment: readonly EnvironmentKey[]
  readonly #store: KeyStore
  readonly #usedAt = new Map<string, number>()

  constructor(environment: readonly EnvironmentKey[], store: KeyStore) {
    this.#environment = environment
    this.#store = store
  }

  /** Whether any key of any kind was ever created. */
  async any(): Promise<boolean> {
    return this.#environment.length > 0 || (await this.#store.any())
  }

  /** Finds a key of the environment by its text. */
  ofEnvironment(text: string): KnownKey | undefined {
    const hash = hashOf(text)
    let found: KnownKey | undefined
    // All keys are compared: the duration must not reveal which one matched.
    for (const key of this.#environment) if (timingSafeEqual(key.hash, hash)) found = key
    return found
  }

  /** Finds any key by its text, revoked and expired ones too. */
  async find(text: string, now: number): Promise<KnownKey | RefusedKey | undefined> {
    const hash = hashOf(text)
    let found: KnownKey | RefusedKey | undefined = this.ofEnvironment(text)
    if (found !== undefined) return found
    for (const { key, hash: stored } of await this.#store.findByPrefix(prefixOf(text))) {
      if (timingSafeEqual(Buffer.from(stored, 'hex'), hash)) found = checkState(key, now)
    }
    return found
  }

  /** Finds the key that a cookie was issued for. */
  async byId(id: string, now: number): Promise<KnownKey | RefusedKey | undefined> {
    const environment = this.#environment.find((key) => key.id === id)
    if (environment !== undefined) return environment
    const key = await this.#store.find(id)
    return key && checkState(key, now)
  }

  /** Stores when a managed key was last used, at most once a minute: a write for every request would be most of the work. */
  noteUse(id: string, now: number): Promise<void> | undefined {
    if (!id.startsWith('k_') || (this.#usedAt.get(id) ?? 0) > now - MINUTE_MS) return undefined
    this.#usedAt.set(id, now)
    return this.#store.touch(id, now)
  }
}

/** A revoked or expired key. */
export interface RefusedKey {
  /** What its owner can do. */
  readonly refused: string
}

export function isRefused(key: KnownKey | RefusedKey): key is RefusedKey {
  return 'refused' in key
}

function checkState(key: Key, now: number): KnownKey | RefusedKey {
  if (key.revoked_at !== undefined) return { refused: `The key "${key.name}" was revoked; ask for another one.` }
  if (key.expires_at !== undefined && Date.parse(key.expires_at) <= now) {
    return { refused: `The key "${key.name}" ended on ${key.expires_at}; ask for another one.` }
  }
  const { key_id, name, scopes, machine_id, project_id, expires_at, idle_days } = key
  return {
    id: key_id,
    name,
    scopes,
    ...(machine_id === undefined && project_id === undefined ? {} : { bound: { machine_id, project_id } }),
    ...(expires_at === undefined ? {} : { end: { expires_at, ...(idle_days === undefined ? {} : { idle_days }) } }),
  }
}
