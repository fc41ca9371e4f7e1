import Database from 'better-sqlite3'
import { nextTurn } from '../../../next-turn.ts'
import type { Connection } from '../connection.ts'

/** What reads prepare their statements on. */
export type Statements = Pick<Connection, 'rows'>

/** A read of one part of a long answer. */
export type Part<R> = (statements: Statements) => R[]

/** So long a read may hold the event loop, in milliseconds; a longer one begins again, in turns. */
const MAX_AT_ONCE_MS = 30
const MAX_TURN_MS = 10

/** Reads the parts of one commit, one after the other. */
export type ReadParts = <R>(parts: readonly Part<R>[]) => Promise<R[]>

/**
 * Most reads are short and done at once. One that is not begins again in turns of the event loop, on a connection of its own:
 * there a transaction may stay open while others write. Such reads wait for each other, because their rows need memory.
 */
export function partReader(connection: Connection): ReadParts {
  let last: Promise<unknown> = Promise.resolve()
  return async (parts) => {
    const rows = readAtOnce(connection, parts)
    if (rows !== undefined) return rows
    const read = last.then(() => readInTurns(connection, parts))
    last = read.catch(() => {})
    return read
  }
}

/** @returns undefined when it took too long */
function readAtOnce<R>(connection: Connection, parts: readonly Part<R>[]): R[] | undefined {
  const until = performance.now() + MAX_AT_ONCE_MS
  return connection.read(() =>
    inReadTransaction(connection.db, () => {
      const rows: R[][] = []
      for (const part of parts) {
        if (performance.now() > until) return undefined
        rows.push(part(connection))
      }
      return rows.flat()
    }),
  )
}

async function readInTurns<R>(connection: Connection, parts: readonly Part<R>[]): Promise<R[]> {
  const db = connection.read(() => new Database(connection.path, { readonly: true, fileMustExist: true, timeout: 5000 }))
  try {
    const prepared = new Map<string, Database.Statement<unknown[]>>()
    const statements: Statements = {
      rows(sql) {
        const statement = prepared.get(sql) ?? db.prepare<unknown[]>(sql).raw(true)
        prepared.set(sql, statement)
        return statement
      },
    }
    db.exec('BEGIN')
    const rows: R[][] = []
    let until = 0
    for (const part of parts) {
      if (performance.now() > until) {
        await nextTurn()
        until = performance.now() + MAX_TURN_MS
      }
      rows.push(connection.read(() => part(statements)))
    }
    return rows.flat()
  } finally {
    db.close()
  }
}

/** Runs several reads on the same commit. */
function inReadTransaction<T>(db: Database.Database, work: () => T): T {
  if (db.inTransaction) return work()
  db.exec('BEGIN')
  try {
    return work()
  } finally {
    db.exec('COMMIT')
  }
}
