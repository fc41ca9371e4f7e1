import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { syncFile, syncFolder } from '../../disk-file.ts'

/** Lists what is being replaced in a folder, until all of it is. */
const LIST = 'restore-pending.json'
const DRAFT = /\.[0-9a-f]{8}\.restoring$/

/** A file of a folder, and the name beside it under which its next content lies; both without the folder. */
export interface Replacement {
  readonly name: string
  readonly draft: string
}

/** Where the next content of a file of a folder is written. */
export function draftOf(name: string): Replacement {
  return { name, draft: `${name}.${randomBytes(4).toString('hex')}.restoring` }
}

/**
 * Replaces files of a folder by their drafts: all of them, because a key and a database that do not belong together are of no
 * use. When it is killed in between, `finishReplacing` does the rest. The caller holds the lock of the folder.
 */
export function replaceFiles(folder: string, files: readonly Replacement[]): void {
  const list = path.join(folder, LIST)
  fs.writeFileSync(`${list}.tmp`, JSON.stringify(files), { mode: 0o600 })
  syncFile(`${list}.tmp`)
  fs.renameSync(`${list}.tmp`, list)
  syncFolder(folder)
  finishReplacing(folder)
}

/**
 * Finishes what a killed `replaceFiles` has begun, and removes drafts of one that had not begun.
 * @returns the files that it replaced
 */
export function finishReplacing(folder: string): string[] {
  const list = path.join(folder, LIST)
  const pending = fs.existsSync(list) ? (JSON.parse(fs.readFileSync(list, 'utf8')) as Replacement[]) : []
  const left = pending.filter(({ draft }) => fs.existsSync(path.join(folder, draft)))
  for (const { name, draft } of left) fs.renameSync(path.join(folder, draft), path.join(folder, name))
  if (pending.length > 0) {
    // The new names before the list is gone.
    syncFolder(folder)
    fs.rmSync(list)
  }
  for (const name of fs.readdirSync(folder)) {
    if (DRAFT.test(name) || name === `${LIST}.tmp`) fs.rmSync(path.join(folder, name), { force: true })
  }
  return left.map(({ name }) => name)
}
