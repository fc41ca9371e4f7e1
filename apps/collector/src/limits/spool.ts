import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { SPOOLED, UNFINISHED } from '@signalbox/contract/status-line'

/** One thing that was left in the spool. */
export interface Spooled {
  /** When it was written, in milliseconds; not in the future. */
  readonly at: number
  /** Undefined: no JSON. */
  readonly said: unknown
  /** It has been dealt with. */
  readonly remove: () => void
}

/** Ours, under this name, until it has been dealt with: what comes meanwhile has the old name again. */
const TAKEN = '.taken'
/** Files taken at a time; the command keeps fewer, but whoever wrote these may not have. */
export const MOST = 500
/** Bytes of a file; Claude Code tells a few kilobytes. */
const LARGEST = 256 * 1024
/** Milliseconds after which a file that was never finished has been given up. */
const GIVEN_UP = 60_000

/**
 * Takes what is in the spool, `MOST` of it, the oldest first; what a collector that was killed had taken is taken again.
 * @returns undefined when there is no spool
 * @throws Error of the file system, where the folder cannot be read
 */
export function takeSpooled(folder: string, now: number): Spooled[] | undefined {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const taken: string[] = []
  for (const name of names) {
    const file = path.join(folder, name)
    if (name.endsWith(TAKEN)) taken.push(file)
    else if (name.endsWith(SPOOLED)) {
      // Another name for each: a taken one may still be there.
      const own = `${file}.${now}${TAKEN}`
      if (attempt(() => renameSync(file, own))) taken.push(own)
    } else if (name.endsWith(UNFINISHED) && attempt(() => statSync(file).mtimeMs < now - GIVEN_UP)) attempt(() => rmSync(file))
    if (taken.length === MOST) break
  }
  return taken.flatMap((file) => spooledOf(file, now)).sort((a, b) => a.at - b.at)
}

function spooledOf(file: string, now: number): Spooled[] {
  const remove = () => void attempt(() => rmSync(file, { force: true }))
  try {
    const { mtimeMs, size } = statSync(file)
    return [{ at: Math.min(Math.floor(mtimeMs), now), said: size > LARGEST ? undefined : parsed(readFileSync(file, 'utf8')), remove }]
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

/** @returns false when it answered false or failed, because somebody else was faster or the disk does not want to */
function attempt(act: () => unknown): boolean {
  try {
    return act() !== false
  } catch {
    return false
  }
}
