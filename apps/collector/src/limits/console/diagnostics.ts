import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { redact } from './redact.ts'

/** So many texts of pages are kept. */
const KEPT = 5
/** Characters of one. */
const LONGEST = 20_000

export interface UnknownPage {
  readonly text: string
  readonly language: string
  readonly status: number | undefined
}

/**
 * Keeps the text of a page that could not be read, without what is personal in it.
 * @returns its file; undefined where it could not be written
 */
export function keepPage(folder: string, page: UnknownPage, now: number): string | undefined {
  const file = path.join(folder, `usage-page-${new Date(now).toISOString().replace(/[:.]/g, '-')}.txt`)
  const head = `language ${page.language || 'not said'}, answer ${page.status ?? 'none'}, ${page.text.length} characters`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(file, `${head}\n\n${redact(page.text.slice(0, LONGEST))}\n`, { mode: 0o600 })
    const older = readdirSync(folder)
      .filter((name) => /^usage-page-.*\.txt$/.test(name))
      .sort()
      .slice(0, -KEPT)
    for (const name of older) rmSync(path.join(folder, name), { force: true })
    return file
  } catch {
    return undefined
  }
}
