import type { Scope } from '@signalbox/contract/scope'
import { EXPIRED_INVITE_TTL_MS, type InviteStore, type Redemption } from '../invite.ts'
import type { AuditLog } from './audit.ts'
import type { Connection } from './connection.ts'
import type { IdempotencyRecords } from './core/idempotency.ts'
import { type KeyDocument, keyDocument, keyOf } from './key.ts'

interface InviteDocument {
  /** The hash of the code. */
  _id: string
  invite_id: string
  /** JSON: a name may contain anything. */
  name?: string
  scopes: Scope[]
  any_machine?: true
  created_at: number
  expires_at: number
  redeemed_at?: number
  key_id?: string
}

export function inviteStore(connection: Connection, idempotency: IdempotencyRecords, audit: AuditLog): InviteStore {
  const invites = connection.collection<InviteDocument>('invite')
  const keys = connection.collection<KeyDocument>('key')
  return {
    create(invite, hash, change) {
      const { invite_id, name, scopes, any_machine, expires_at } = invite
      const create = () =>
        // After a crash it makes another invite: the code of the first was given to no one.
        idempotency.run(change, async () => {
          await invites.insertOne({
            _id: hash,
            invite_id,
            ...(name === undefined ? {} : { name: JSON.stringify(name) }),
            scopes: [...scopes],
            ...(any_machine === true ? { any_machine } : {}),
            created_at: change.now,
            expires_at,
          })
          return invite
        })
      return connection.write(() => audit.record(change, create))
    },
    redeem(hash, { machine_id, hash: keyHash, ...key }, change) {
      const { now } = change
      const redeem = async (): Promise<Redemption> => {
        // One update: of two hubs that redeem a code at once, one matches.
        const invite = await invites.findOneAndUpdate(
          { _id: hash, redeemed_at: { $exists: false }, expires_at: { $gt: now } },
          { $set: { redeemed_at: now, key_id: key.key_id } },
          { returnDocument: 'after' },
        )
        if (invite === null) {
          const found = await invites.findOne({ _id: hash })
          return { outcome: found === null ? 'unknown' : found.redeemed_at !== undefined ? 'used' : 'expired' }
        }
        const name = invite.name === undefined ? machine_id : (JSON.parse(invite.name) as string)
        const bound = invite.any_machine === true ? {} : { machine_id }
        const document = keyDocument({ ...key, ...bound, name, scopes: invite.scopes }, keyHash, now)
        try {
          await keys.insertOne(document)
        } catch (error) {
          // The code may be tried again. A key that was inserted after all stays unused: its text was given to no one.
          await invites.updateOne({ _id: hash, key_id: key.key_id }, { $unset: { redeemed_at: '', key_id: '' } }).catch(() => {})
          throw error
        }
        return { outcome: 'redeemed', key: keyOf(document) }
      }
      return connection.write(() => audit.record(change, redeem))
    },
  }
}

/** @returns documents removed */
export async function sweepInvites(connection: Connection, now: number): Promise<number> {
  const { deletedCount } = await connection
    .collection<InviteDocument>('invite')
    .deleteMany({ expires_at: { $lte: now - EXPIRED_INVITE_TTL_MS } })
  return deletedCount
}
