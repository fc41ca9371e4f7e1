import os from 'node:os'
import { HubError } from '../hub-error.ts'
import { codeOf, type Disk, nearestExisting } from './disk.ts'

/** Why the mirror cannot be written, as people read it. */
export interface MirrorProblem {
  /** A code of the system, such as `ENOSPC`, or of the hub, such as `database_error`. */
  readonly code: string
  readonly message: string
  readonly suggestion: string
}

/**
 * @param folder where it was to be written
 * @param afterFix ends the suggestion: what happens once the problem is fixed
 */
export async function describeProblem(
  error: unknown,
  disk: Disk,
  folder: string,
  afterFix = 'the mirror continues by itself.',
): Promise<MirrorProblem> {
  if (error instanceof HubError) {
    return { code: error.code, message: `${error.message}; the mirror waits for it`, suggestion: error.suggestion ?? '' }
  }
  const code = codeOf(error)
  const details = await describeDisk(disk, (error as NodeJS.ErrnoException | undefined)?.path ?? folder, folder)
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return {
        code,
        message: `${code === 'ENOSPC' ? 'The disk that holds' : 'No more may be kept on the disk that holds'} ${folder}${code === 'ENOSPC' ? ' is full' : ''}: ${details}`,
        suggestion: `Free some space; ${afterFix}`,
      }
    case 'EROFS':
      return { code, message: `The disk that holds ${folder} is read-only: ${details}`, suggestion: `Make it writable; ${afterFix}` }
    case 'EACCES':
    case 'EPERM':
      return {
        code,
        message: `${folder} may not be written: ${details}`,
        suggestion: `Give the user that runs the hub the right to; ${afterFix}`,
      }
    case 'ENOTDIR':
    case 'EEXIST':
      return { code, message: `${folder} is not a folder: ${details}`, suggestion: `Move away what is in its place; ${afterFix}` }
    case undefined:
      return {
        code: 'internal_error',
        message: 'The mirror failed unexpectedly',
        suggestion: 'Please report it with the lines of the log.',
      }
    default:
      return {
        code,
        message: `${folder} cannot be written (${(error as Error).message}): ${details}`,
        suggestion: `Check its disk; ${afterFix}`,
      }
  }
}

/** Free space and permissions, the most frequent causes. */
async function describeDisk(disk: Disk, failed: string, folder: string): Promise<string> {
  const facts: string[] = []
  const existing = await nearestExisting(disk, folder)
  try {
    const { bavail, bsize, files, ffree } = await disk.statfs(existing)
    facts.push(`${sizeText(bavail * bsize)} free${files > 0 && ffree === 0 ? ', and no inode for another file' : ''}`)
  } catch {}
  // A file that could not be created does not exist; then its folder counts.
  const place = await nearestExisting(disk, failed)
  try {
    const { uid, gid, mode } = await disk.stat(place)
    const user = process.getuid === undefined ? os.userInfo().username : `user ${process.getuid()}`
    facts.push(
      `${place} has the mode ${(mode & 0o7777).toString(8).padStart(4, '0')} and belongs to user ${uid}, group ${gid}; the hub runs as ${user}`,
    )
  } catch {}
  return facts.length === 0 ? 'no details are available' : facts.join('; ')
}

function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`
  if (bytes >= 1e3) return `${(bytes / 1e3).toFixed(0)} kB`
  return `${bytes} B`
}
