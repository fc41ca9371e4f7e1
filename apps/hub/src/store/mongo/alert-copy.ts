import type { Document, Filter, FindCursor } from 'mongodb'
import type { AlertMark } from '../alert.ts'
import { alertRowId, type CopiedAlertRow, isNewerAlertRow, otherAlertIsOpen, ownMarks } from '../copy/alert-row.ts'
import { became, type Tally } from '../copy/tally.ts'
import {
  type AlertCollections,
  alertFields,
  type MessageDocument,
  type NoticeDocument,
  noticeDocument,
  noticeRecord,
  type PlainDocument,
} from './alert.ts'
import type { Connection } from './connection.ts'
import type { VersionedCollection } from './core/versioned-collection.ts'
import type { VersionedDocument } from './core/versioned-document.ts'
import { textId, textOf } from './text-id.ts'

type Table = CopiedAlertRow['table']

/** In the order in which they are copied. */
export const alertTables = ['alert_rule', 'channel', 'push_subscription', 'alert_mark', 'alert', 'notice', 'message'] as const

export function alertRows(connection: Connection, table: Table): FindCursor<Document & { _id: string }> {
  return connection.collection<Document & { _id: string }>(table).find({}, { sort: { _id: 1 } }) as FindCursor<Document & { _id: string }>
}

/** @returns undefined for what is not copied */
export function copiedAlertRow(table: Table, document: Document & { _id: string }): CopiedAlertRow | undefined {
  if (document.gone === true) return undefined
  if (table === 'notice') return { table, row: noticeRecord(document as unknown as NoticeDocument) }
  const row = JSON.parse(document.data as string)
  if (table !== 'alert_mark') return { table, row } as CopiedAlertRow
  const name = textOf(document._id)
  return ownMarks.has(name) ? undefined : { table, row: { ...(row as AlertMark), name: name as never } }
}

export async function loadAlertRow(
  { connection, alerts }: { readonly connection: Connection; readonly alerts: AlertCollections },
  offered: CopiedAlertRow,
  tally: Tally,
  now: number,
): Promise<void> {
  const id = alertRowId(offered)
  const _id = textId(id)
  const collection = connection.collection<Document & { _id: string }>(offered.table)
  const stored = await collection.findOne({ _id })
  const known = stored === null ? undefined : knownRow(offered.table, stored)
  const isNewer = isNewerAlertRow(known, offered)
  if (isNewer) {
    const written = await put(connection, alerts, offered, _id, now)
    if (!written) {
      tally.skip('alerts', otherAlertIsOpen, id)
      return
    }
  }
  tally.count('alerts', became(known, isNewer ? offered : undefined))
}

function knownRow(table: Table, document: Document & { _id: string }): CopiedAlertRow['row'] | undefined {
  if (table === 'notice') return noticeRecord(document as unknown as NoticeDocument)
  return document.gone === true ? undefined : (JSON.parse(document.data as string) as CopiedAlertRow['row'])
}

/** @returns false where another alert occupies the subject */
async function put(connection: Connection, alerts: AlertCollections, offered: CopiedAlertRow, _id: string, now: number): Promise<boolean> {
  if (offered.table === 'alert')
    return putVersioned(alerts.alerts, _id, { ...alertFields(offered.row), version: offered.row.revision }, now)
  if (offered.table === 'channel') {
    return putVersioned(alerts.channels, _id, { version: offered.row.revision, data: JSON.stringify(offered.row) }, now)
  }
  await connection
    .collection<Document & { _id: string }>(offered.table)
    .replaceOne({ _id }, plainDocument(offered, _id) as Document & { _id: string }, { upsert: true })
  return true
}

/** A unique key that refuses every attempt is of another alert: it is looked at before. */
async function putVersioned<T extends VersionedDocument>(
  collection: VersionedCollection<T>,
  _id: string,
  fields: { readonly version: number; readonly data: string; readonly open_key?: string },
  now: number,
): Promise<boolean> {
  const { open_key } = fields
  return collection.change(_id, { now }, async () => {
    const twin = open_key === undefined ? null : await collection.documents.findOne({ open_key, _id: { $ne: _id } } as unknown as Filter<T>)
    if (twin !== null) return { result: false }
    return { result: true, write: { fields: fields as never, events: [], at: now } }
  })
}

function plainDocument(offered: Exclude<CopiedAlertRow, { table: 'alert' | 'channel' }>, _id: string): object {
  if (offered.table === 'notice') return noticeDocument(offered.row)
  if (offered.table === 'message') {
    const { channel_id, state, created_at, next_at = null, revision } = offered.row
    const document: MessageDocument = {
      _id,
      revision,
      data: JSON.stringify(offered.row),
      channel_id: textId(channel_id),
      state,
      created_at,
      next_at,
    }
    return document
  }
  if (offered.table === 'push_subscription') return { _id, data: JSON.stringify(offered.row) }
  if (offered.table === 'alert_mark') {
    const { name: _, ...mark } = offered.row
    return { _id, revision: mark.revision, data: JSON.stringify(mark) } satisfies PlainDocument
  }
  return { _id, revision: offered.row.revision, data: JSON.stringify(offered.row) } satisfies PlainDocument
}
