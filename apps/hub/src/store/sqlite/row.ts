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
export class RowWriter {
  readonly #connection: Connection
  readonly #table: string
  readonly #key: string
  /** By the columns that differ, as a number: making and finding the SQL would cost as much as running it. */
  readonly #sqls = new Map<number, string>()

  constructor(connection: Connection, table: string, key: string) {
    this.#connection = connection
    this.#table = table
    this.#key = key
  }

  /** @param to has the same names, in any order, as `from` */
  update(from: object, to: object): void {
    const old = from as Row
    const values: Value[] = []
    const names: string[] = []
    let changed = 0
    let column = 1
    for (const name in from) {
      const value = (to as Row)[name]
      if (value !== old[name]) {
        changed += column
        names.push(name)
        values.push(value as Value)
      }
      column *= 2
    }
    if (changed === 0) return
    let sql = this.#sqls.get(changed)
    if (sql === undefined) {
      sql = `UPDATE ${this.#table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE ${this.#key} = ?`
      this.#sqls.set(changed, sql)
    }
    values.push(old[this.#key] as Value)
    this.#connection.prepare(sql).run(...values)
  }
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
