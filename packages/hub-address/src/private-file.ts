import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { IrregularFileError, type RegularFile, readRegularFile } from './regular-file.ts'

/** A file with a secret cannot be used as it is; the suggestion says how to go on. */
export class PrivateFileError extends Error {
  readonly suggestion: string
  constructor(message: string, suggestion: string) {
    super(message)
    this.name = 'PrivateFileError'
    this.suggestion = suggestion
  }
}

export interface PrivateText {
  readonly text: string
  /** What is wrong with the file's permissions, with the command that corrects it. */
  readonly warning: string | undefined
}

const MAX_BYTES = 1_000_000

/**
 * Reads a file that only its owner may change. One that others can read is used with a warning: refusing it would not
 * make it secret again. One that others can write is refused: they would choose the address that the key is sent to.
 * @returns undefined where there is no such file
 * @throws PrivateFileError
 */
export function readPrivateFile(file: string): PrivateText | undefined {
  let found: RegularFile
  try {
    found = readRegularFile(file, MAX_BYTES)
  } catch (error) {
    if (error instanceof IrregularFileError) throw new PrivateFileError(error.message, 'Remove it.')
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new PrivateFileError(`${file} cannot be read (${code ?? message}).`, 'Give this user read access to it, or remove it.')
  }
  const { text, stats } = found
  // Windows has no such bits: files in a user's folders belong to the user there.
  if (process.platform === 'win32') return { text, warning: undefined }
  const user = process.getuid?.()
  if (user !== undefined && stats.uid !== user && stats.uid !== 0) {
    throw new PrivateFileError(`${file} belongs to another user, and is not used.`, 'Remove it, or make it yours with chown.')
  }
  if ((stats.mode & 0o022) !== 0) {
    throw new PrivateFileError(`Others can write ${file}, so it is not used.`, `Check its content, then run: chmod 600 ${file}`)
  }
  const warning = (stats.mode & 0o044) === 0 ? undefined : `Others can read the key in ${file}. Run: chmod 600 ${file}`
  return { text, warning }
}

/** Writes a file for its owner only; a reader sees the old content or the new. Its folder is made where there is none. */
export function writePrivateFile(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const draft = writeDraft(file, text)
  try {
    fs.renameSync(draft, file)
  } catch (error) {
    fs.rmSync(draft, { force: true })
    throw error
  }
}

/** Writes a file for its owner only, unless there is one already. @returns whether it was written */
export function createPrivateFile(file: string, text: string): boolean {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const draft = writeDraft(file, text)
  try {
    // A link fails where the name exists, and the name never has half of the content.
    fs.linkSync(draft, file)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    // Some file systems have no links.
    if (fs.existsSync(file)) return false
    fs.copyFileSync(draft, file, fs.constants.COPYFILE_EXCL)
    fs.chmodSync(file, 0o600)
    return true
  } finally {
    fs.rmSync(draft, { force: true })
  }
}

function writeDraft(file: string, text: string): string {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    fs.writeFileSync(draft, text, { mode: 0o600, flag: 'wx' })
    // The umask may have taken bits of the mode away.
    fs.chmodSync(draft, 0o600)
    return draft
  } catch (error) {
    fs.rmSync(draft, { force: true })
    throw error
  }
}
