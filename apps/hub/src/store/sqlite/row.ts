import type { ListPlace } from '../change.ts'
import type { Connection } from './connection.ts'

type Value = string | number | null
type Row = { readonly [column: string]: unknown }

/** Inserts an object whose property names are the columns of a table. */
export function insertRow(connection: Connection, table: string, row: Row): void {
  const names = Object.keys(row)
  connection
    .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
    .run(...(Object.values(row) as Value[]))
}

/** Updates only the columns that differ, so that the indexes of the others are not touched. */
export class RowWriter {
  readonly #connection: Connection
  readonly #table: string
  readonly #key: string
  /** By a bit mask of the columns that differ: building the SQL each time would cost as much as running it. */
  readonly #updates = new Map<number, { readonly names: readonly string[]; readonly sql: string }>()

  constructor(connection: Connection, table: string, key: string) {
    this.#connection = connection
    this.#table = table
    this.#key = key
  }

  /** @param to has the same property names as `from`, in any order */
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
    const known = this.#updates.get(changed)
    // A row that was read and one that was created here have their properties in different orders, and so other masks.
    const isKnown = known !== undefined && known.names.length === names.length && names.every((name, index) => name === known.names[index])
    const sql = isKnown ? known.sql : `UPDATE ${this.#table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE ${this.#key} = ?`
    if (!isKnown) this.#updates.set(changed, { names, sql })
    values.push(old[this.#key] as Value)
    this.#connection.prepare(sql).run(...values)
  }
}

/**
 * The condition for the rows behind a place, in the order of a sort column, ties by ascending id.
 * @param sort the column and its direction
 */
export function behind(
  after: ListPlace | undefined,
  sort: { readonly column: string; readonly descending: boolean },
  id: string,
): { sql: string; values: (string | number)[] } {
  if (after === undefined) return { sql: '', values: [] }
  const { column, descending } = sort
  // The first condition alone bounds the range of an index; the second is exact.
  const [bound, strict] = descending ? ['<=', '<'] : ['>=', '>']
  return { sql: ` AND ${column} ${bound} ? AND (${column} ${strict} ? OR ${id} > ?)`, values: [after.at, after.at, after.id] }
}

/** The filters that are set, as the rest of a WHERE clause with its values. */
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
