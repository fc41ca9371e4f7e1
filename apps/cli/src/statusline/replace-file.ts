import fs from 'node:fs'
import path from 'node:path'
import { Failure } from '../failure.ts'
import { shown } from '../shown.ts'

/** @returns undefined when there is no such file. @throws Failure when it cannot be read */
export function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new Failure(`${shown(file)} cannot be read (${code}).`, 'Give this user the right to read it, and try again.')
  }
}

/**
 * Writes a file whole or not at all, with the rights it had; a link stays one, and what it leads to is written.
 * @param expected what it is thought to hold, undefined for no file: another program may have written meanwhile
 * @returns false when it holds something else, and nothing was done
 * @throws Failure when it cannot be written; then it is as it was
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
    const draft = `${target}.${process.pid}.tmp`
    try {
      const handle = fs.openSync(draft, 'w', before?.mode ?? mode)
      try {
        fs.writeFileSync(handle, text)
        // What the process's umask took away.
        fs.fchmodSync(handle, (before?.mode ?? mode) & 0o7777)
        if (before !== undefined && before.uid !== process.getuid?.()) fs.fchownSync(handle, before.uid, before.gid)
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
      `${shown(file)} cannot be written (${code}).`,
      code === 'ENOSPC' ? 'Make room on the disk, and try again.' : 'Give this user the right to write it and its folder, and try again.',
    )
  }
}
