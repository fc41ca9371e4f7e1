import { randomUUID } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** The content of `DATA_DIR/credentials.json`: this machine's collector's key for the hub of the same DATA_DIR. */
export interface Credentials {
  readonly key: string
  readonly key_id: string
}

const credentialsPath = (dataDir: string) => path.join(dataDir, 'credentials.json')

export function readCredentials(dataDir: string): Credentials | undefined {
  try {
    const { key, key_id } = JSON.parse(readFileSync(credentialsPath(dataDir), 'utf8')) as Partial<Credentials>
    return typeof key === 'string' && typeof key_id === 'string' ? { key, key_id } : undefined
  } catch {
    return undefined
  }
}

/** Written with access for its owner only. */
export function writeCredentials(dataDir: string, { key, key_id }: Credentials): void {
  const file = credentialsPath(dataDir)
  const draft = `${file}.${randomUUID()}.tmp`
  writeFileSync(draft, `${JSON.stringify({ key, key_id }, null, 2)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600)
  renameSync(draft, file)
}
