import type { Key } from '@signalbox/contract/key'
import type { Scope } from '@signalbox/contract/scope'
import type { Change } from './change.ts'

/** An invite is kept this long after it has expired, to say so to someone who comes too late. */
export const EXPIRED_INVITE_TTL_MS = 86_400_000

export interface NewInvite {
  readonly invite_id: string
  /** The name of the key; undefined for the id of the machine. */
  readonly name?: string | undefined
  readonly scopes: readonly Scope[]
  /** Whether the key is not bound to the machine that redeems. */
  readonly any_machine?: boolean | undefined
  /** Milliseconds. */
  readonly expires_at: number
}

/** The key that is made for the machine. */
export interface InvitedKey extends Pick<Key, 'key_id' | 'prefix' | 'expires_at' | 'idle_days'> {
  /** SHA-256 of the key, hex. */
  readonly hash: string
  readonly machine_id: string
}

export type Redemption = { readonly outcome: 'redeemed'; readonly key: Key } | { readonly outcome: 'unknown' | 'used' | 'expired' }

export interface InviteStore {
  /** @param hash of the code */
  create(invite: NewInvite, hash: string, change: Change): Promise<NewInvite>
  /** Creates the key that an invite allows, if the code is valid: of several requests for one code, one gets a key. */
  redeem(hash: string, key: InvitedKey, change: Change): Promise<Redemption>
}
