import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { SPOOLED } from '@signalbox/contract/status-line'

/** One thing that was left in the spool. */
export interface Spooled {
  /** When it was written, in milliseconds; not in the future. */
  readonly at: number
  /** Undefined: no JSON, and too old to be one that is being written. */
  readonly said: unknown
  /** It has been dealt with. Until then it is found again. */
  readonly remove: () => void
}

/** Files looked at in one go; the command keeps fewer, but whoever wrote these may not have. */
export const MOST = 500
/** Bytes of a file; Claude Code tells a few kilobytes. */
const LARGEST = 256 * 1024
/** Milliseconds after which what is no JSON was cut off and is not being written. */
const UNFINISHED = 2_000

/**
 * What is in the spool, `MOST` of it, the oldest first.
 * @returns undefined when there is no spool
 * @throws Error of the file system, where the folder cannot be read
 */
export function spooledIn(folder: string, now: number): Spooled[] | undefined {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const found: Spooled[] = []
  for (const name of names) {
    if (!name.endsWith(SPOOLED)) continue
    found.push(...spooledAt(path.join(folder, name), now))
    if (found.length === MOST) break
  }
  return found.sort((a, b) => a.at - b.at)
}

function spooledAt(file: string, now: number): Spooled[] {
  try {
    const { mtimeMs, size } = statSync(file)
    const said = size > LARGEST ? undefined : parsed(readFileSync(file, 'utf8'))
    if (said === undefined && now - mtimeMs < UNFINISHED) return []
    return [{ at: Math.min(Math.floor(mtimeMs), now), said, remove: () => rmSync(file, { force: true }) }]
  } catch {
    // Gone, or not ours to read: the next look may have more luck.
    return []
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
