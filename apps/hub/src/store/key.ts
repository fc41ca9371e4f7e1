import type { Key } from '@signalbox/contract/key'
import type { Change, ListRange } from './change.ts'

export type NewKey = Pick<Key, 'key_id' | 'prefix' | 'name' | 'scopes' | 'expires_at' | 'idle_days' | 'machine_id' | 'project_id'>

export interface KeyStore {
  /** @param hash SHA-256 of the key, hex */
  create(key: NewKey, hash: string, change: Change): Promise<Key>
  /** All keys, revoked ones too, newest first, ties by id. */
  list(query: ListRange): Promise<{ rows: Key[]; total: number }>
  find(id: string): Promise<Key | undefined>
  /** The keys that begin with these eight characters, revoked ones too. */
  findByPrefix(prefix: string): Promise<{ key: Key; hash: string }[]>
  /** Whether there is any key, usable or not. */
  any(): Promise<boolean>
  /** Whether any key would be accepted now. */
  anyUsable(now: number): Promise<boolean>
  /**
   * Revokes a key; a revoked key stays as it is.
   * @throws HubError `not_found`, `precondition_failed` when the key is at another revision
   */
  revoke(id: string, revision: number | undefined, change: Change): Promise<Key>
  /** Records that a key was used, and moves the end of one that ends after days without use. */
  touch(id: string, now: number): Promise<void>
  /** Binds the keys of a machine to another one, which has its data from now on. */
  rebind(from: string, to: string, now: number): Promise<void>
  /** The secret that signs cookies: random, made on first use, the same ever after. */
  cookieSecret(): Promise<string>
}
