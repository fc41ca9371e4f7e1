import type { Scope } from '@signalbox/contract/scope'
import { EXPIRED_INVITE_TTL_MS, type InviteStore, type Redemption } from '../invite.ts'
import type { Connection } from './connection.ts'
import { insertKey } from './key.ts'
import type { Writer } from './writer.ts'

interface InviteRow {
  name: string | null
  scopes: string
  any_machine: number
  expires_at: number
  redeemed_at: number | null
}

export function inviteStore(connection: Connection, writer: Writer): InviteStore {
  return {
    create(invite, hash, change) {
      return writer.write(change, ({ now }) => {
        const { invite_id, name, scopes, any_machine, expires_at } = invite
        connection
          .prepare('INSERT INTO invite (hash, invite_id, name, scopes, any_machine, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)')
          .run(hash, invite_id, name ?? null, JSON.stringify(scopes), any_machine === true ? 1 : 0, now, expires_at)
        return invite
      })
    },
    redeem(hash, { machine_id, hash: keyHash, ...key }, change) {
      return writer.write(change, ({ now }): Redemption => {
        const invite = connection.prepare('SELECT * FROM invite WHERE hash = ?').get(hash) as InviteRow | undefined
        if (invite === undefined) return { outcome: 'unknown' }
        if (invite.redeemed_at !== null) return { outcome: 'used' }
        if (invite.expires_at <= now) return { outcome: 'expired' }
        connection.prepare('UPDATE invite SET redeemed_at = ?, key_id = ? WHERE hash = ?').run(now, key.key_id, hash)
        const scopes = JSON.parse(invite.scopes) as Scope[]
        const bound = invite.any_machine === 1 ? {} : { machine_id }
        const made = { ...key, ...bound, name: invite.name ?? machine_id, scopes }
        return { outcome: 'redeemed', key: insertKey(connection, made, keyHash, now) }
      })
    },
  }
}

/** @returns rows removed */
export function sweepInvites(connection: Connection, now: number): number {
  return connection.prepare('DELETE FROM invite WHERE expires_at <= ?').run(now - EXPIRED_INVITE_TTL_MS).changes
}
