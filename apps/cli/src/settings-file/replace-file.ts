import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { Failure } from '../failure.ts'
import { formatPath } from '../format-path.ts'

/** @returns undefined when the file does not exist. @throws Failure when it cannot be read */
export function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new Failure(`${formatPath(file)} cannot be read (${code}).`, 'Grant this user read access, and try again.')
  }
}

/**
 * Replaces a file atomically and keeps its permissions; of a symbolic link, the target is replaced.
 * @param expected the content before, undefined for no file: another program may have written since it was read
 * @returns false when the content is another one, and nothing was changed
 * @throws Failure when it cannot be written; it is unchanged then
 */
export function replaceFile(file: string, expected: string | undefined, text: string | undefined, mode = 0o600): boolean {
  try {
    if (text !== undefined) fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    const target = expected === undefined ? file : fs.realpathSync(file)
    if (text === undefined) {
      if (readText(target) !== expected) return false
      fs.rmSync(target, { force: true })
      return true
    }
    const before = fs.statSync(target, { throwIfNoEntry: false })
    const draft = `${target}.${randomUUID()}.tmp`
    try {
      const handle = fs.openSync(draft, 'w', before?.mode ?? mode)
      try {
        fs.writeFileSync(handle, text)
        // The umask may have removed bits.
        fs.fchmodSync(handle, (before?.mode ?? mode) & 0o7777)
        if (before !== undefined && before.uid !== fs.fstatSync(handle).uid) fs.fchownSync(handle, before.uid, before.gid)
        fs.fsyncSync(handle)
      } finally {
        fs.closeSync(handle)
      }
      if (readText(target) !== expected) return false
      fs.renameSync(draft, target)
      return true
    } finally {
      fs.rmSync(draft, { force: true })
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    const { code = '' } = error as NodeJS.ErrnoException
    throw new Failure(
      `${formatPath(file)} cannot be written (${code}).`,
      code === 'ENOSPC' ? 'Free some disk space, and try again.' : 'Grant this user write access to it and its folder, and try again.',
    )
  }
}
