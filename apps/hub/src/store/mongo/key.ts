import { randomBytes } from 'node:crypto'
import type { Key } from '@signalbox/contract/key'
import type { Scope } from '@signalbox/contract/scope'
import { HubError } from '../../hub-error.ts'
import type { Change } from '../change.ts'
import type { KeyStore, NewKey } from '../key.ts'
import type { AuditLog } from './audit.ts'
import type { Connection } from './connection.ts'
import type { IdempotencyRecords } from './core/idempotency.ts'
import { isDuplicate } from './error.ts'
import { behind } from './place.ts'
import { textId } from './text-id.ts'

const DAY_MS = 86_400_000

export interface KeyDocument {
  _id: string
  /** JSON: a name may contain anything. */
  name: string
  scopes: Scope[]
  prefix: string
  hash: string
  created_at: number
  last_used_at?: number
  expires_at?: number
  idle_days?: number
  revoked_at?: number
  /** JSON, as `name`. */
  machine_id?: string
  project_id?: string
  revision: number
  /** Owner and idempotency key of the request that created the key: a repeated request finds it. */
  made_by?: string
}

export interface SecretDocument {
  _id: 'cookie_secret'
  value: string
}

export function keyStore(connection: Connection, idempotency: IdempotencyRecords, audit: AuditLog): KeyStore {
  const keys = connection.collection<KeyDocument>('key')
  const meta = connection.collection<SecretDocument>('meta')
  const existing = async (id: string): Promise<KeyDocument> => {
    const found = await keys.findOne({ _id: textId(id) })
    if (found === null) {
      throw new HubError('not_found', `There is no key ${id}`, { suggestion: 'GET /api/keys lists the keys there are.' })
    }
    return found
  }
  const revoke = async (id: string, revision: number | undefined, now: number, again: boolean): Promise<Key> => {
    for (;;) {
      const found = await existing(id)
      if (again && found.revoked_at !== undefined) return keyOf(found)
      if (revision !== undefined && revision !== found.revision) {
        throw new HubError('precondition_failed', `The key is at revision ${found.revision}, not ${revision}`, {
          suggestion: 'Read the key again and decide again.',
          details: { revision: found.revision },
        })
      }
      if (found.revoked_at !== undefined) return keyOf(found)
      const next = await keys.findOneAndUpdate(
        { _id: found._id, revision: found.revision },
        { $set: { revoked_at: now }, $inc: { revision: 1 } },
        { returnDocument: 'after' },
      )
      if (next !== null) return keyOf(next)
    }
  }
  return {
    create(key, hash, change) {
      const made_by = creatorOf(change)
      const create = () =>
        idempotency.run(change, async (again) => {
          const made = again && made_by !== undefined ? await keys.findOne({ made_by, created_at: { $lte: change.now } }) : null
          if (made !== null) {
            change.idempotency!.replayed = true
            return keyOf(made)
          }
          const document = keyDocument(key, hash, change.now, made_by)
          await keys.insertOne(document)
          return keyOf(document)
        })
      return connection.write(() => audit.record(change, create))
    },
    list({ limit, offset, after }) {
      return connection.read(async () => {
        const [rows, total] = await Promise.all([
          keys.find(behind(after, 'created_at', true), { sort: { created_at: -1, _id: 1 }, skip: offset, limit }).toArray(),
          keys.countDocuments({}),
        ])
        return { rows: rows.map(keyOf), total }
      })
    },
    async find(id) {
      const found = await connection.read(() => keys.findOne({ _id: textId(id) }))
      return found === null ? undefined : keyOf(found)
    },
    async findByPrefix(prefix) {
      const found = await connection.read(() => keys.find({ prefix: textId(prefix) }).toArray())
      return found.map((document) => ({ key: keyOf(document), hash: document.hash }))
    },
    async any() {
      return (await connection.read(() => keys.findOne({}, { projection: { _id: 1 } }))) !== null
    },
    async anyUsable(now) {
      const usable = { revoked_at: { $exists: false }, $or: [{ expires_at: { $exists: false } }, { expires_at: { $gt: now } }] }
      return (await connection.read(() => keys.findOne(usable, { projection: { _id: 1 } }))) !== null
    },
    revoke(id, revision, change) {
      return connection.write(() => audit.record(change, () => idempotency.run(change, (again) => revoke(id, revision, change.now, again))))
    },
    touch(id, now) {
      return connection.write(async () => {
        const key = { _id: textId(id) }
        const used = await keys.findOneAndUpdate(key, { $set: { last_used_at: now }, $inc: { revision: 1 } }, { returnDocument: 'after' })
        if (used?.idle_days === undefined) return
        await keys.updateOne(key, { $max: { expires_at: now + used.idle_days * DAY_MS } })
      })
    },
    async rebind(from, to) {
      const rebound = { $set: { machine_id: JSON.stringify(to) }, $inc: { revision: 1 } }
      await connection.write(() => keys.updateMany({ machine_id: JSON.stringify(from) }, rebound))
    },
    cookieSecret() {
      return connection.write(async () => {
        const read = async () => (await meta.findOne({ _id: 'cookie_secret' }))?.value
        const known = await read()
        if (known !== undefined) return known
        try {
          await meta.insertOne({ _id: 'cookie_secret', value: randomBytes(32).toString('base64url') })
        } catch (error) {
          // Two hubs may start at once: the first insert wins.
          if (!isDuplicate(error)) throw error
        }
        return (await read())!
      })
    },
  }
}

function creatorOf({ idempotency }: Change): string | undefined {
  return idempotency === undefined ? undefined : textId(`${idempotency.owner}\n${idempotency.key}`)
}

export function keyDocument(
  { key_id, name, scopes, prefix, expires_at, idle_days, machine_id, project_id }: NewKey,
  hash: string,
  now: number,
  made_by?: string,
): KeyDocument {
  return {
    _id: textId(key_id),
    name: JSON.stringify(name),
    scopes: [...scopes],
    prefix,
    hash,
    created_at: now,
    ...(expires_at === undefined ? {} : { expires_at: Date.parse(expires_at) }),
    ...(idle_days === undefined ? {} : { idle_days }),
    ...(machine_id === undefined ? {} : { machine_id: JSON.stringify(machine_id) }),
    ...(project_id === undefined ? {} : { project_id: JSON.stringify(project_id) }),
    revision: 1,
    ...(made_by === undefined ? {} : { made_by }),
  }
}

export function keyOf(document: KeyDocument): Key {
  const { _id, name, scopes, prefix, created_at, last_used_at, expires_at, idle_days, revoked_at, machine_id, project_id, revision } =
    document
  return {
    key_id: _id,
    name: JSON.parse(name) as string,
    scopes,
    prefix,
    created_at: new Date(created_at).toISOString(),
    ...(last_used_at === undefined ? {} : { last_used_at: new Date(last_used_at).toISOString() }),
    ...(expires_at === undefined ? {} : { expires_at: new Date(expires_at).toISOString() }),
    ...(idle_days === undefined ? {} : { idle_days }),
    ...(machine_id === undefined ? {} : { machine_id: JSON.parse(machine_id) as string }),
    ...(project_id === undefined ? {} : { project_id: JSON.parse(project_id) as string }),
    ...(revoked_at === undefined ? {} : { revoked_at: new Date(revoked_at).toISOString() }),
    revision,
  }
}
