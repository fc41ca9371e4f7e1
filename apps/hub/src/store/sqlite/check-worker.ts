import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'

const { path } = workerData as { path: string }

function check(): string {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 })
    try {
      return db.pragma('quick_check(1)', { simple: true }) as string
    } finally {
      db.close()
    }
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string }
    return /^SQLITE_(?:CORRUPT|NOTADB)/.test(code) ? message : 'ok'
  }
}

parentPort?.postMessage(check())
