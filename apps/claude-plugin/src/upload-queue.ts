import fs from 'node:fs'
import path from 'node:path'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import { type DataFolder, listFiles, removeFile, replaceFile } from './data-folder.ts'

/** Below what the hub accepts in one request. */
export const MAX_BATCH_BYTES = 48_000
const MAX_BATCH_ROWS = 200
/** What is kept while no hub is there. */
export const MAX_QUEUE_BYTES = 50_000_000

export interface Batch {
  readonly files: readonly string[]
  readonly observations: readonly SessionObservation[]
}

/** Observations that wait for the hub, oldest first. Each file is written once and fits into one request. */
export class UploadQueue {
  readonly #folder: DataFolder
  #count = 0
  constructor(folder: DataFolder) {
    this.#folder = folder
  }

  /** Adds all of them or none. @throws Error of the file system */
  add(observations: readonly SessionObservation[], now: number): void {
    const written: string[] = []
    try {
      this.#write(observations, now, written)
    } catch (error) {
      written.forEach(removeFile)
      throw error
    }
  }

  #write(observations: readonly SessionObservation[], now: number, written: string[]): void {
    let lines: string[] = []
    let bytes = 0
    const write = () => {
      if (lines.length === 0) return
      const name = `${String(now).padStart(15, '0')}-${String(this.#count++).padStart(6, '0')}-${process.pid}.jsonl`
      const file = path.join(this.#folder.queue, name)
      replaceFile(file, lines.join(''))
      written.push(file)
      lines = []
      bytes = 0
    }
    for (const observation of observations) {
      const line = `${JSON.stringify(observation)}\n`
      const size = Buffer.byteLength(line)
      if (bytes + size > MAX_BATCH_BYTES || lines.length === MAX_BATCH_ROWS) write()
      lines.push(line)
      bytes += size
    }
    write()
  }

  #names(): string[] {
    return listFiles(this.#folder.queue)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
  }

  get isEmpty(): boolean {
    return this.#names().length === 0
  }

  /** The oldest observations that fit into one request; undefined when there are none. */
  oldest(): Batch | undefined {
    const files: string[] = []
    const observations: SessionObservation[] = []
    let bytes = 0
    for (const name of this.#names()) {
      const file = path.join(this.#folder.queue, name)
      const text = readText(file)
      const rows = parseLines(text)
      if (files.length > 0 && (bytes + text.length > MAX_BATCH_BYTES || observations.length + rows.length > MAX_BATCH_ROWS)) break
      files.push(file)
      observations.push(...rows)
      bytes += Buffer.byteLength(text)
    }
    return files.length === 0 ? undefined : { files, observations }
  }

  confirm({ files }: Batch): void {
    for (const file of files) fs.rmSync(file, { force: true })
  }

  /** Shrinks the queue to its limit: the oldest tool calls go first, which change no state, then whatever is oldest. @returns how many are dropped */
  limit(maxBytes = MAX_QUEUE_BYTES): number {
    const files = this.#names().map((name) => path.join(this.#folder.queue, name))
    const sizes = files.map((file) => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0)
    let bytes = sizes.reduce((sum, size) => sum + size, 0)
    let dropped = 0
    for (const keeps of [
      (row: SessionObservation) => row.event?.kind !== 'tool' || row.activity !== undefined || row.tasks !== undefined,
      () => false,
    ]) {
      for (const [index, file] of files.entries()) {
        if (bytes <= maxBytes) return dropped
        const rows = parseLines(readText(file))
        const kept = rows.filter(keeps)
        if (kept.length === rows.length && rows.length > 0) continue
        dropped += rows.length - kept.length
        const text = kept.map((row) => `${JSON.stringify(row)}\n`).join('')
        if (kept.length === 0) fs.rmSync(file, { force: true })
        else replaceFile(file, text)
        bytes += Buffer.byteLength(text) - (sizes[index] ?? 0)
        sizes[index] = Buffer.byteLength(text)
      }
    }
    return dropped
  }
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** A line that was damaged is left out. */
function parseLines(text: string): SessionObservation[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return []
    try {
      return [JSON.parse(line) as SessionObservation]
    } catch {
      return []
    }
  })
}
