import type { AuditAction } from '@signalbox/contract/audit'
import { AUDIT_RETENTION_MS, type AuditStore, refusedActions, toAuditEntry } from '../audit.ts'
import type { NewAuditEntry } from '../audit-entry.ts'
import type { Change } from '../change.ts'
import type { CopiedAuditEntry } from '../copy/portion.ts'
import { type RowLimits, rowLimits } from '../row-limits.ts'
import type { Connection } from './connection.ts'
import { isDuplicate } from './error.ts'

export interface AuditDocument {
  _id: number
  at: number
  action: AuditAction
  /** JSON: key id, key name, address and details may contain anything. */
  data: string
}

/** The last id ever used. */
interface UsedDocument {
  _id: 'audit'
  used: number
}

/** The audit log. An entry follows its write: MongoDB has no transaction that would hold both here. */
export class AuditLog {
  readonly #connection: Connection
  readonly #limits: RowLimits

  constructor(connection: Connection, limits = rowLimits) {
    this.#connection = connection
    this.#limits = limits
  }

  /** Does the work of a change, and adds the entry of the change; a repeated request has its entry already. */
  async record<T>(change: Change, work: () => Promise<T>): Promise<T> {
    const result = await work()
    const entry = change.idempotency?.replayed ? undefined : change.audit?.(result)
    if (entry !== undefined) await this.append(entry, change.now)
    return result
  }

  async append({ action, key_id, key_name, address, details }: NewAuditEntry, at: number): Promise<void> {
    const next = await this.#connection
      .collection<UsedDocument>('meta')
      .findOneAndUpdate({ _id: 'audit' }, { $inc: { used: 1 } }, { upsert: true, returnDocument: 'after' })
    await this.#entries().insertOne({ _id: next!.used, at, action, data: JSON.stringify({ key_id, key_name, address, details }) })
  }

  /** Adds an entry of another store, under its id where that is free. @returns false when it is there already */
  async load({ id, at, action, key_id, key_name, address, details }: CopiedAuditEntry): Promise<boolean> {
    const entries = this.#entries()
    const data = JSON.stringify({ key_id, key_name, address, details })
    if ((await entries.findOne({ at, action, data }, { projection: { _id: 1 } })) !== null) return false
    const used = this.#connection.collection<UsedDocument>('meta')
    await used.updateOne({ _id: 'audit' }, { $max: { used: id } }, { upsert: true })
    try {
      await entries.insertOne({ _id: id, at, action, data })
    } catch (error) {
      if (!isDuplicate(error)) throw error
      await this.append({ action, key_id, key_name, address, details }, at)
    }
    return true
  }

  /** @returns documents removed */
  async sweep(now: number): Promise<number> {
    const entries = this.#entries()
    let removed = (await entries.deleteMany({ at: { $lt: now - AUDIT_RETENTION_MS } })).deletedCount
    const bounds = [
      { filter: { action: { $in: [...refusedActions] } }, most: this.#limits.refusedEntries },
      { filter: {}, most: this.#limits.auditEntries },
    ]
    for (const { filter, most } of bounds) {
      const beyond = await entries.find(filter, { sort: { _id: -1 }, skip: most, limit: 1, projection: { _id: 1 } }).toArray()
      if (beyond[0] !== undefined) removed += (await entries.deleteMany({ ...filter, _id: { $lte: beyond[0]._id } })).deletedCount
    }
    return removed
  }

  /** As a part of the store. */
  asStore(): AuditStore {
    return {
      append: (entry, { now }) => this.#connection.write(() => this.append(entry, now)),
      page: ({ actions, before, limit }) =>
        this.#connection.read(async () => {
          const filter = {
            ...(before === undefined ? {} : { _id: { $lt: before } }),
            ...(actions === undefined ? {} : { action: { $in: [...actions] } }),
          }
          return (
            await this.#entries()
              .find(filter, { sort: { _id: -1 }, limit })
              .toArray()
          ).map((document) => toAuditEntry(copiedAuditEntry(document)))
        }),
    }
  }

  #entries() {
    return this.#connection.collection<AuditDocument>('audit')
  }
}

export function copiedAuditEntry({ _id, at, action, data }: AuditDocument): CopiedAuditEntry {
  return { id: _id, at, action, ...(JSON.parse(data) as Pick<CopiedAuditEntry, 'details'>) }
}
