import { rowLimits } from '../row-limits.ts'
import type { SignInRecord, SignInStore } from '../sign-in.ts'
import type { AuditLog } from './audit.ts'
import type { Connection } from './connection.ts'
import { behind } from './place.ts'
import { textId } from './text-id.ts'

interface SignInDocument {
  _id: string
  key_id: string
  /** JSON: a name may contain anything. */
  key_name: string
  created_at: number
  last_used_at: number
  expires_at: number
  address: string
  /** JSON */
  client?: string
}

export function signInStore(connection: Connection, audit: AuditLog, { signIns: most } = rowLimits): SignInStore {
  const signIns = connection.collection<SignInDocument>('sign_in')
  const filterOf = ({ key_id }: { key_id?: string | undefined }) => (key_id === undefined ? {} : { key_id: textId(key_id) })
  return {
    create(signIn, change) {
      return connection.write(() =>
        audit.record(change, async () => {
          await signIns.insertOne(documentOf(signIn))
          const beyond = await signIns.find({}, { sort: { created_at: -1, _id: 1 }, skip: most, projection: { _id: 1 } }).toArray()
          if (beyond.length > 0) await signIns.deleteMany({ _id: { $in: beyond.map(({ _id }) => _id) } })
        }),
      )
    },
    async find(id) {
      const found = await connection.read(() => signIns.findOne({ _id: textId(id) }))
      return found === null ? undefined : recordOf(found)
    },
    list({ limit, offset, after, ...filter }) {
      return connection.read(async () => {
        const [rows, total] = await Promise.all([
          signIns
            .find({ ...filterOf(filter), ...behind(after, 'created_at', true) }, { sort: { created_at: -1, _id: 1 }, skip: offset, limit })
            .toArray(),
          signIns.countDocuments(filterOf(filter)),
        ])
        return { rows: rows.map(recordOf), total }
      })
    },
    async touch(id, now) {
      await connection.write(() => signIns.updateOne({ _id: textId(id) }, { $set: { last_used_at: now } }))
    },
    end(id, change) {
      return connection.write(() => audit.record(change, async () => (await signIns.deleteOne({ _id: textId(id) })).deletedCount === 1))
    },
    endAll({ except, ...filter }, change) {
      return connection.write(() =>
        audit.record(change, async () => {
          const others = except === undefined ? {} : { _id: { $ne: textId(except) } }
          return (await signIns.deleteMany({ ...filterOf(filter), ...others })).deletedCount
        }),
      )
    },
    async sweep(now, unusedSince) {
      const ended = { $or: [{ expires_at: { $lte: now } }, { last_used_at: { $lte: unusedSince } }] }
      return (await connection.write(() => signIns.deleteMany(ended))).deletedCount
    },
  }
}

/** For a copy of the store. */
export async function storedSignIns(connection: Connection): Promise<SignInRecord[]> {
  return (await connection.collection<SignInDocument>('sign_in').find().toArray()).map(recordOf)
}

/** Only a store without sign-ins takes those of another: one that was ended here must not come back. */
export async function takeSignIns(connection: Connection, records: readonly SignInRecord[]): Promise<void> {
  const signIns = connection.collection<SignInDocument>('sign_in')
  if (records.length === 0 || (await signIns.findOne({}, { projection: { _id: 1 } })) !== null) return
  await signIns.insertMany(records.map(documentOf), { ordered: false })
}

function documentOf({ sign_in_id, key_id, key_name, created_at, last_used_at, expires_at, address, client }: SignInRecord): SignInDocument {
  return {
    _id: textId(sign_in_id),
    key_id: textId(key_id),
    key_name: JSON.stringify(key_name),
    created_at: Date.parse(created_at),
    last_used_at: Date.parse(last_used_at),
    expires_at: Date.parse(expires_at),
    address,
    ...(client === undefined ? {} : { client: JSON.stringify(client) }),
  }
}

function recordOf({ _id, key_id, key_name, created_at, last_used_at, expires_at, address, client }: SignInDocument): SignInRecord {
  return {
    sign_in_id: _id,
    key_id,
    key_name: JSON.parse(key_name) as string,
    created_at: new Date(created_at).toISOString(),
    last_used_at: new Date(last_used_at).toISOString(),
    expires_at: new Date(expires_at).toISOString(),
    address,
    ...(client === undefined ? {} : { client: JSON.parse(client) as string }),
  }
}
