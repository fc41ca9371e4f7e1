import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { SPOOL_FILE_SUFFIX, STATUS_LINE_SPOOL } from '@signalbox/contract/status-line'

/** The parts of the collector that read status lines. */
export type SpoolReader = 'limits' | 'sessions'

/** One file of the spool. */
export interface SpooledLine {
  /** Its time of writing in milliseconds, at most now. */
  readonly at: number
  /** The parsed content; undefined when it is not JSON and too old to be still in writing. */
  readonly content: unknown
  /** The reader is done with the file, which is removed when all readers are. Until then it is read again, also by the next collector. */
  readonly remove: () => void
}

/** Files read at a time. The status line command keeps fewer, but other programs may have written these. */
export const SPOOL_BATCH_SIZE = 500
/** Larger files are ignored; Claude Code writes a few kilobytes. */
const MAX_FILE_BYTES = 256 * 1024
/** The age after which a file that is not JSON counts as cut off and not as still in writing. */
const INCOMPLETE_TIMEOUT_MS = 2_000

/** The folder into which status lines are spooled, read by several parts of the collector, each at its own pace. */
export class StatusLineSpool {
  readonly folder: string
  readonly #readers: readonly SpoolReader[]
  /** By name and time of a file: who is done with it. */
  readonly #done = new Map<string, Set<SpoolReader>>()

  /** @param readers all that will read it */
  constructor(dataDir: string, readers: readonly SpoolReader[]) {
    this.folder = path.join(dataDir, STATUS_LINE_SPOOL)
    this.#readers = readers
  }

  /**
   * Reads up to `SPOOL_BATCH_SIZE` files with which this reader is not done, the oldest first.
   * @returns undefined when there is no spool
   * @throws Error of the file system when the folder cannot be read
   */
  read(reader: SpoolReader, now: number): SpooledLine[] | undefined {
    let names: string[]
    try {
      names = readdirSync(this.folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    this.#forgetRemoved(names)
    const lines: SpooledLine[] = []
    for (const name of names) {
      if (!name.endsWith(SPOOL_FILE_SUFFIX)) continue
      lines.push(...this.#readFile(name, reader, now))
      if (lines.length === SPOOL_BATCH_SIZE) break
    }
    return lines.sort((a, b) => a.at - b.at)
  }

  #readFile(name: string, reader: SpoolReader, now: number): SpooledLine[] {
    const file = path.join(this.folder, name)
    try {
      const stat = statSync(file)
      // Reading a FIFO would wait for its writer.
      if (!stat.isFile()) return []
      const { mtimeMs, size } = stat
      const key = `${mtimeMs}/${name}`
      if (this.#done.get(key)?.has(reader)) return []
      const content = size > MAX_FILE_BYTES ? undefined : parseJson(readFileSync(file, 'utf8'))
      if (content === undefined && now - mtimeMs < INCOMPLETE_TIMEOUT_MS) return []
      return [{ at: Math.min(Math.floor(mtimeMs), now), content, remove: () => this.#remove(file, key, reader) }]
    } catch {
      // Removed meanwhile, or not readable; the next call tries again.
      return []
    }
  }

  #remove(file: string, key: string, reader: SpoolReader): void {
    const done = this.#done.get(key) ?? new Set()
    this.#done.set(key, done.add(reader))
    if (!this.#readers.every((one) => done.has(one))) return
    rmSync(file, { force: true })
    this.#done.delete(key)
  }

  #forgetRemoved(names: readonly string[]): void {
    if (this.#done.size === 0) return
    const existing = new Set(names)
    for (const key of this.#done.keys()) if (!existing.has(key.slice(key.indexOf('/') + 1))) this.#done.delete(key)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
