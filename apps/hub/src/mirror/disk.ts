import { randomBytes } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { handleWhen, IterableBackoff, retry } from 'cockatiel'

/** The file system as the mirror uses it; handed in, so that tests can make it fail. */
export type Disk = Pick<
  typeof fs,
  'lstat' | 'mkdir' | 'open' | 'readFile' | 'readdir' | 'readlink' | 'rename' | 'stat' | 'statfs' | 'symlink' | 'unlink'
>

export const realDisk: Disk = fs

/** Errors of a busy disk. */
const transientCodes = new Set(['EBUSY', 'EAGAIN', 'EINTR'])
/** Backoff, in milliseconds. */
const retryDelaysMs = [100, 200, 400]

const retryPolicy = retry(
  handleWhen((error) => transientCodes.has(codeOf(error) ?? '')),
  { maxAttempts: retryDelaysMs.length, backoff: new IterableBackoff(retryDelaysMs) },
)

/** Retries an operation up to three times while the disk is busy. */
export function withRetries<T>(work: () => Promise<T>): Promise<T> {
  return retryPolicy.execute(work)
}

export function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  return typeof code === 'string' ? code : undefined
}

/** @returns undefined where the file does not exist */
export async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await withRetries(work)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The name of a temporary file; one that is left over was written by a mirror. */
export const DRAFT_NAME = /^\.(.+)\.[0-9a-f]{8}\.tmp$/

function draftPath(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(4).toString('hex')}.tmp`)
}

/** Replaces a file atomically. The change is durable once its folder is synced. */
export function putFile(disk: Disk, file: string, text: string): Promise<void> {
  return withRetries(() => replaceAtomically(disk, file, (draft) => writeFile(disk, draft, text)))
}

async function writeFile(disk: Disk, file: string, text: string): Promise<void> {
  const handle = await disk.open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Replaces a symbolic link atomically. */
export function putLink(disk: Disk, file: string, target: string): Promise<void> {
  return withRetries(() => replaceAtomically(disk, file, (draft) => disk.symlink(target, draft, 'file')))
}

async function replaceAtomically(disk: Disk, file: string, make: (draft: string) => Promise<void>): Promise<void> {
  const draft = draftPath(file)
  try {
    await make(draft)
    await disk.rename(draft, file)
  } catch (error) {
    // On a full disk a partial file takes space from the next one.
    await disk.unlink(draft).catch(() => {})
    throw error
  }
}

/** Checks that a file can be written beside another one, and removes it again. @throws the error of the file system */
export function probeWrite(disk: Disk, file: string): Promise<void> {
  return withRetries(async () => {
    const draft = draftPath(file)
    try {
      await writeFile(disk, draft, ' '.repeat(4096))
    } finally {
      await disk.unlink(draft).catch(() => {})
    }
  })
}

/** Makes renames in a folder durable. Windows cannot open folders and keeps their entries durable by itself. */
export async function syncFolder(disk: Disk, folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await withRetries(async () => {
    const handle = await disk.open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
}

/** Finds the first of a path and the folders above it that exists. */
export async function nearestExisting(disk: Disk, file: string): Promise<string> {
  for (let at = file; ; at = path.dirname(at)) {
    try {
      await disk.stat(at)
      return at
    } catch {
      if (at === path.dirname(at)) return at
    }
  }
}
