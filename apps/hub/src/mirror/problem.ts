import os from 'node:os'
import { HubError } from '../hub-error.ts'
import { codeOf, type Disk, nearest } from './disk.ts'

/** Why the mirror cannot be written, for people. */
export interface MirrorProblem {
  /** Of the system, such as `ENOSPC`; of the hub, such as `database_error`. */
  readonly code: string
  readonly message: string
  readonly suggestion: string
}

/**
 * @param folder where it was to be written
 * @param goesOn what happens when it is mended
 */
export async function problemOf(
  error: unknown,
  disk: Disk,
  folder: string,
  goesOn = 'the mirror goes on by itself.',
): Promise<MirrorProblem> {
  if (error instanceof HubError) {
    return { code: error.code, message: `${error.message}; the mirror waits for it`, suggestion: error.suggestion ?? '' }
  }
  const code = codeOf(error)
  const place = await factsOf(disk, (error as NodeJS.ErrnoException | undefined)?.path ?? folder, folder)
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return {
        code,
        message: `${code === 'ENOSPC' ? 'The disk that holds' : 'No more may be kept on the disk that holds'} ${folder}${code === 'ENOSPC' ? ' is full' : ''}: ${place}`,
        suggestion: `Free some space; ${goesOn}`,
      }
    case 'EROFS':
      return { code, message: `The disk that holds ${folder} is read-only: ${place}`, suggestion: `Make it writable; ${goesOn}` }
    case 'EACCES':
    case 'EPERM':
      return {
        code,
        message: `${folder} may not be written: ${place}`,
        suggestion: `Give the user that runs the hub the right to; ${goesOn}`,
      }
    case 'ENOTDIR':
    case 'EEXIST':
      return { code, message: `${folder} is not a folder: ${place}`, suggestion: `Move away what is in its place; ${goesOn}` }
    case undefined:
      return {
        code: 'internal_error',
        message: 'The mirror failed where it should not',
        suggestion: 'Please report it with the lines of the log.',
      }
    default:
      return {
        code,
        message: `${folder} cannot be written (${(error as Error).message}): ${place}`,
        suggestion: `Check its disk; ${goesOn}`,
      }
  }
}

/** Free space, and who may write: what one looks for first. */
async function factsOf(disk: Disk, failed: string, folder: string): Promise<string> {
  const facts: string[] = []
  const there = await nearest(disk, folder)
  try {
    const { bavail, bsize, files, ffree } = await disk.statfs(there)
    facts.push(`${sizeText(bavail * bsize)} free${files > 0 && ffree === 0 ? ', and no room for another file' : ''}`)
  } catch {}
  // A file that was to be made is not there: then it is its folder that counts.
  const place = await nearest(disk, failed)
  try {
    const { uid, gid, mode } = await disk.stat(place)
    const who = process.getuid === undefined ? os.userInfo().username : `user ${process.getuid()}`
    facts.push(
      `${place} has the mode ${(mode & 0o7777).toString(8).padStart(4, '0')} and belongs to user ${uid}, group ${gid}; we run as ${who}`,
    )
  } catch {}
  return facts.length === 0 ? 'nothing more is known' : facts.join('; ')
}

function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`
  if (bytes >= 1e3) return `${(bytes / 1e3).toFixed(0)} kB`
  return `${bytes} B`
}
