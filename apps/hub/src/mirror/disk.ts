import { randomBytes } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { handleWhen, IterableBackoff, retry } from 'cockatiel'

/** What the mirror needs of a file system; handed in, so that tests can make it stutter. */
export type Disk = Pick<
  typeof fs,
  'lstat' | 'mkdir' | 'open' | 'readFile' | 'readdir' | 'readlink' | 'rename' | 'stat' | 'statfs' | 'symlink' | 'unlink'
>

export const realDisk: Disk = fs

/** What passes by itself, and how long to wait for it, in milliseconds. */
const passing = new Set(['EBUSY', 'EAGAIN', 'EINTR'])
const patience = [100, 200, 400]

/** Does it again, at most three times, where the disk was only busy. */
const patiently = retry(
  handleWhen((error) => passing.has(codeOf(error) ?? '')),
  { maxAttempts: patience.length, backoff: new IterableBackoff(patience) },
)

export function tried<T>(work: () => Promise<T>): Promise<T> {
  return patiently.execute(work)
}

export function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  return typeof code === 'string' ? code : undefined
}

/** undefined where there is no such thing. */
export async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await tried(work)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Of what is being written; one that is left over was ours. */
export const DRAFT = /^\.(.+)\.[0-9a-f]{8}\.tmp$/

function draftOf(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(4).toString('hex')}.tmp`)
}

/** Puts a file in its place: whoever looks sees what was there before, or all of it. Durable once its folder is synced. */
export function putFile(disk: Disk, file: string, text: string): Promise<void> {
  return tried(() => throughDraft(disk, file, (draft) => writeFile(disk, draft, text)))
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

/** The same with a symbolic link. */
export function putLink(disk: Disk, file: string, target: string): Promise<void> {
  return tried(() => throughDraft(disk, file, (draft) => disk.symlink(target, draft, 'file')))
}

async function throughDraft(disk: Disk, file: string, make: (draft: string) => Promise<void>): Promise<void> {
  const draft = draftOf(file)
  try {
    await make(draft)
    await disk.rename(draft, file)
  } catch (error) {
    // On a full disk what is half written takes the room of what is to come.
    await disk.unlink(draft).catch(() => {})
    throw error
  }
}

/** Whether a file could be written beside another one; nothing of it stays. @throws what the file system says */
export function tryFile(disk: Disk, file: string): Promise<void> {
  return tried(async () => {
    const draft = draftOf(file)
    try {
      await writeFile(disk, draft, ' '.repeat(4096))
    } finally {
      await disk.unlink(draft).catch(() => {})
    }
  })
}

/** What was renamed in it stays so, whatever happens. Windows opens no folders and keeps their entries by itself. */
export async function syncFolder(disk: Disk, folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await tried(async () => {
    const handle = await disk.open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
}

/** The first of a path and the folders above it that is there. */
export async function nearest(disk: Disk, file: string): Promise<string> {
  for (let at = file; ; at = path.dirname(at)) {
    try {
      await disk.stat(at)
      return at
    } catch {
      if (at === path.dirname(at)) return at
    }
  }
}
