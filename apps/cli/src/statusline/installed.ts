import { createHash } from 'node:crypto'
import path from 'node:path'
import { readText, replaceFile } from './replace-file.ts'

/** What we remember of a settings file that we changed. */
export interface Installed {
  /** The file. */
  readonly settings: string
  /** The command that was there before. */
  readonly former?: string
  /** Where what it held before is kept; absent where there was no file. */
  readonly backup?: string
  /** SHA-256 of what it held afterwards. */
  readonly after: string
}

export const digest = (text: string) => createHash('sha256').update(text).digest('hex')

const fileIn = (dataDir: string) => path.join(dataDir, 'statusline', 'installed.json')

/** A record that cannot be read is none: the settings themselves name the former command. */
export function readInstalled(dataDir: string): readonly Installed[] {
  try {
    const all = JSON.parse(readText(fileIn(dataDir)) ?? '[]') as unknown
    return Array.isArray(all)
      ? all.filter((one): one is Installed => typeof one?.settings === 'string' && typeof one.after === 'string')
      : []
  } catch {
    return []
  }
}

export function writeInstalled(dataDir: string, all: readonly Installed[]): void {
  const file = fileIn(dataDir)
  const before = readText(file)
  replaceFile(file, before, all.length === 0 ? undefined : `${JSON.stringify(all, null, 2)}\n`)
}

export function backupIn(dataDir: string, settings: string): string {
  return path.join(dataDir, 'statusline', `settings-before-${digest(settings).slice(0, 8)}.json`)
}
