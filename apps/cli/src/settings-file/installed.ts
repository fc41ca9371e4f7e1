import { createHash } from 'node:crypto'
import path from 'node:path'
import { readText, replaceFile } from './replace-file.ts'

/** The record of a changed settings file. */
export interface Installed {
  /** The file. */
  readonly settings: string
  /** The command of the status line before. */
  readonly former?: string
  /** The copy of the file before; absent where there was no file. */
  readonly backup?: string
  /** SHA-256 of the file after. */
  readonly after: string
}

export const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** What is installed in a settings file: also the folder in DATA_DIR of its records. */
export type Installation = 'statusline' | 'hooks'

const recordPath = (dataDir: string, what: Installation) => path.join(dataDir, what, 'installed.json')

/** Unreadable records count as none: the settings themselves contain the former command. */
export function readInstalled(dataDir: string, what: Installation = 'statusline'): readonly Installed[] {
  try {
    const all = JSON.parse(readText(recordPath(dataDir, what)) ?? '[]') as unknown
    return Array.isArray(all)
      ? all.filter((one): one is Installed => typeof one?.settings === 'string' && typeof one.after === 'string')
      : []
  } catch {
    return []
  }
}

export function writeInstalled(dataDir: string, all: readonly Installed[], what: Installation = 'statusline'): void {
  const file = recordPath(dataDir, what)
  const before = readText(file)
  replaceFile(file, before, all.length === 0 ? undefined : `${JSON.stringify(all, null, 2)}\n`)
}

export function backupPath(dataDir: string, settings: string, what: Installation = 'statusline'): string {
  return path.join(dataDir, what, `settings-before-${digest(settings).slice(0, 8)}.json`)
}
