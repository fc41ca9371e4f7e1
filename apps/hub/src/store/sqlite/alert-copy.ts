import { type NoticeRow, noticeOf, noticeRow } from '../alert-row.ts'
import { alertRowId, type CopiedAlertRow, isNewerAlertRow, openKeyOf, otherAlertIsOpen, ownMarks } from '../copy/alert-row.ts'
import { became, type Tally } from '../copy/tally.ts'
import { addNotice, storeAlert, storeMessage } from './alert.ts'
import type { Connection } from './connection.ts'

type Table = CopiedAlertRow['table']

/** In the order in which they are copied. */
export const alertTables = ['alert_rule', 'channel', 'push_subscription', 'alert_mark', 'alert', 'notice', 'message'] as const

const keys: Readonly<Record<Table, string>> = {
  alert_rule: 'rule_id',
  channel: 'channel_id',
  push_subscription: 'subscription_id',
  alert_mark: 'name',
  alert: 'alert_id',
  notice: 'notice_id',
  message: 'message_id',
}

export interface StoredAlertRow {
  readonly id: string
  /** JSON; a notice has columns. */
  readonly data?: string
}

/** The rows of a table behind an id, in the order of their ids. */
export function alertRowsSql(table: Table): string {
  const columns = table === 'notice' ? '*' : 'data'
  return `SELECT ${keys[table]} AS id, ${columns} FROM ${table} WHERE ${keys[table]} > ? ORDER BY ${keys[table]}`
}

/** @returns undefined for what is not copied */
export function copiedAlertRow(table: Table, { id, data, ...columns }: StoredAlertRow): CopiedAlertRow[] {
  if (table === 'alert_mark') return ownMarks.has(id) ? [] : [{ table, row: { ...JSON.parse(data!), name: id } }]
  const row = table === 'notice' ? noticeOf(columns as unknown as NoticeRow) : JSON.parse(data!)
  return [{ table, row } as CopiedAlertRow]
}

/** Loads a row inside a transaction. */
export function loadAlertRow(connection: Connection, offered: CopiedAlertRow, tally: Tally): void {
  const { table } = offered
  const id = alertRowId(offered)
  const known = find(connection, table, id)
  const openKey = openKeyOf(offered)
  const twin =
    openKey === undefined ? undefined : connection.prepare('SELECT 1 FROM alert WHERE open_key = ? AND alert_id <> ?').get(openKey, id)
  const isNewer = isNewerAlertRow(known, offered)
  if (isNewer && twin !== undefined) {
    tally.skip('alerts', otherAlertIsOpen, id)
    return
  }
  if (isNewer) {
    connection.prepare(`DELETE FROM ${table} WHERE ${keys[table]} = ?`).run(id)
    insert(connection, offered, id)
  }
  tally.count('alerts', became(known, isNewer ? offered : undefined))
}

function find(connection: Connection, table: Table, id: string): CopiedAlertRow['row'] | undefined {
  const row = connection.prepare(`SELECT * FROM ${table} WHERE ${keys[table]} = ?`).get(id) as (NoticeRow & { data: string }) | undefined
  if (row === undefined) return undefined
  return table === 'notice' ? noticeOf(row) : (JSON.parse(row.data) as CopiedAlertRow['row'])
}

function insert(connection: Connection, offered: CopiedAlertRow, id: string): void {
  if (offered.table === 'alert') storeAlert(connection, offered.row, undefined)
  else if (offered.table === 'notice') addNotice(connection, noticeRow(offered.row))
  else if (offered.table === 'message') storeMessage(connection, offered.row, undefined)
  else if (offered.table === 'push_subscription') {
    connection.prepare('INSERT INTO push_subscription (subscription_id, data) VALUES (?, ?)').run(id, JSON.stringify(offered.row))
  } else if (offered.table === 'alert_mark') {
    const { name, ...mark } = offered.row
    connection.prepare('INSERT INTO alert_mark (name, revision, data) VALUES (?, ?, ?)').run(name, mark.revision, JSON.stringify(mark))
  } else {
    const { table, row } = offered
    connection.prepare(`INSERT INTO ${table} (${keys[table]}, revision, data) VALUES (?, ?, ?)`).run(id, row.revision, JSON.stringify(row))
  }
}
