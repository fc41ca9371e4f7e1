import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { createPrivateFile, PrivateFileError, readPrivateFile, writePrivateFile } from './private-file.ts'

/** How every owner's key begins, unlike the keys of the hub database. */
export const OWNER_KEY_PREFIX = 'sbo_'

/** The key of the owner of a DATA_DIR. The hub of that folder accepts it from the same machine, and from nowhere else. */
export function ownerKeyPath(dataDir: string): string {
  return path.join(dataDir, 'owner.key')
}

/**
 * @returns undefined where there is none, or an empty one
 * @throws PrivateFileError when the file is damaged or others can write it
 */
export function readOwnerKey(dataDir: string): { readonly key: string; readonly warning: string | undefined } | undefined {
  const file = ownerKeyPath(dataDir)
  const found = readPrivateFile(file)
  if (found === undefined) return undefined
  const key = found.text.trim()
  // Its owner has emptied it, to do without one.
  if (key === '') return undefined
  if (!/^sbo_[\w-]{43}$/.test(key)) throw new PrivateFileError(`${file} is damaged.`, 'Run: signalbox keys owner --rotate')
  return { key, warning: found.warning }
}

/** Makes the key, unless there is one. @returns whether it was made. @throws Error of the file system */
export function ensureOwnerKey(dataDir: string): boolean {
  return createPrivateFile(ownerKeyPath(dataDir), `${generateOwnerKey()}\n`)
}

/** Replaces the key; the former one is refused from now on. @throws Error of the file system */
export function rotateOwnerKey(dataDir: string): void {
  writePrivateFile(ownerKeyPath(dataDir), `${generateOwnerKey()}\n`)
}

function generateOwnerKey(): string {
  return OWNER_KEY_PREFIX + randomBytes(32).toString('base64url')
}
