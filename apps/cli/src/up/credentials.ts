import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** `DATA_DIR/credentials.json`: the key with which this machine's collector sends to the hub of the same DATA_DIR. */
export interface Credentials {
  readonly key: string
  readonly key_id: string
}

const fileIn = (dataDir: string) => path.join(dataDir, 'credentials.json')

export function readCredentials(dataDir: string): Credentials | undefined {
  try {
    const { key, key_id } = JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as Partial<Credentials>
    return typeof key === 'string' && typeof key_id === 'string' ? { key, key_id } : undefined
  } catch {
    return undefined
  }
}

/** Readable by its owner alone. */
export function writeCredentials(dataDir: string, { key, key_id }: Credentials): void {
  const file = fileIn(dataDir)
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify({ key, key_id }, null, 2)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600)
  renameSync(draft, file)
}
