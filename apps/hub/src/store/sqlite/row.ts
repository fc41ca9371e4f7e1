import type { Connection } from './connection.ts'

type Value = string | number | null
type Row = { readonly [column: string]: unknown }

/** Inserts an object whose names are the columns of a table. */
export function insertRow(connection: Connection, table: string, row: Row): void {
  const names = Object.keys(row)
  connection
    .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
    .run(...(Object.values(row) as Value[]))
}

/** Writes the columns that differ, so that an index that has nothing to do with the change is not touched. */
export function updateRow(connection: Connection, table: string, key: string, from: Row, to: Row): void {
  const names = Object.keys(to).filter((name) => to[name] !== from[name])
  if (names.length === 0) return
  connection
    .prepare(`UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE ${key} = ?`)
    .run(...(names.map((name) => to[name]) as Value[]), from[key] as Value)
}

/** A condition for each filter that is there, as the rest of a WHERE, and its values. */
export function whereOf(filters: { readonly [column: string]: string | readonly string[] | undefined }): { sql: string; values: string[] } {
  const values: string[] = []
  let sql = ''
  for (const [column, wanted] of Object.entries(filters)) {
    if (wanted === undefined) continue
    const all = typeof wanted === 'string' ? [wanted] : wanted
    sql += all.length === 1 ? ` AND ${column} = ?` : ` AND ${column} IN (${all.map(() => '?').join(', ')})`
    values.push(...all)
  }
  return { sql, values }
}
