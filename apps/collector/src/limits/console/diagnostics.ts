import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { redact } from './redact.ts'

const MAX_FILES = 5
/** Longer texts are cut to this many characters. */
const MAX_TEXT_LENGTH = 20_000

export interface UnknownPage {
  readonly text: string
  readonly language: string
  readonly status: number | undefined
}

/**
 * Saves the redacted text of a page that could not be read.
 * @returns the file's path; undefined when it could not be written
 */
export function savePage(folder: string, page: UnknownPage, now: number): string | undefined {
  const file = path.join(folder, `usage-page-${new Date(now).toISOString().replace(/[:.]/g, '-')}.txt`)
  const head = `language ${page.language || 'unknown'}, status ${page.status ?? 'none'}, ${page.text.length} characters`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(file, `${head}\n\n${redact(page.text.slice(0, MAX_TEXT_LENGTH))}\n`, { mode: 0o600 })
    const older = readdirSync(folder)
      .filter((name) => /^usage-page-.*\.txt$/.test(name))
      .sort()
      .slice(0, -MAX_FILES)
    for (const name of older) rmSync(path.join(folder, name), { force: true })
    return file
  } catch {
    return undefined
  }
}
