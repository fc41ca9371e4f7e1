import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'
import { mergeCalls } from '@signalbox/usage/call-merge'
import type { FileState } from '../file-state.ts'
import { fingerprint } from '../fingerprint.ts'
import { matchesLabel } from './call-batch.ts'
import { FoundLineReader } from './extract-call.ts'
import { LineBuffer } from './line-buffer.ts'
import type { ParsedRecord } from './parse-record.ts'
import { readUnfinishedLine } from './read-line.ts'
import { ScanKernel } from './scan-kernel.ts'
import type { ScannedCall } from './scanned-call.ts'

export interface ScanTask {
  readonly path: string
  /** The stored state of the file, if there is one. */
  readonly known?: FileState | undefined
}

/** The progress of a file since the former part. */
export interface FilePart {
  readonly state: FileState
  readonly bytes: number
  readonly badLines: number
  readonly isLast: boolean
}

/** The size of parts in bytes. A huge file is reported in parts, which limits the work that is lost in a crash. */
const PART_BYTES = 32 * 1024 * 1024

export interface Scanner {
  /**
   * Reads the new content of a file and merges its calls into `calls`. Yields a part when a new file state is reached, the last
   * one with the whole size of the file, and undefined often in between.
   * @throws errors of the file system; parts that were yielded before remain valid
   */
  scan(task: ScanTask, calls: Map<string, ScannedCall>): Generator<FilePart | undefined, void>
}

/**
 * Creates a scanner with its own buffer, for one file at a time. Its functions are created once instead of per file, because
 * the engine optimises each function object separately.
 */
export function createScanner(): Scanner {
  const kernel = new ScanKernel()
  const lines = new LineBuffer(kernel)
  const lineReader = new FoundLineReader(kernel)
  let calls = new Map<string, ScannedCall>()
  let isLineBad = false
  let last: ScannedCall | undefined

  return { scan }

  function* scan({ path, known }: ScanTask, into: Map<string, ScannedCall>): Generator<FilePart | undefined, void> {
    calls = into
    last = undefined
    // Without O_NONBLOCK, opening a FIFO would wait for a writer forever.
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stats = fstatSync(fd)
      if (!stats.isFile()) throw new Error('it is not a file')
      const from = known !== undefined && isContinuation(fd, stats, known) ? known : undefined
      let bytes = 0
      let badLines = 0
      let badBefore = from?.badLines ?? 0
      lines.start(from?.offset ?? 0)
      for (let read = lines.fill(fd); read > 0; read = lines.fill(fd)) {
        bytes += read
        badLines += searchLines()
        if (bytes < PART_BYTES) {
          yield undefined
          continue
        }
        yield { state: stateAt(fd, path, stats, -1, badBefore + badLines), bytes, badLines, isLast: false }
        badBefore += badLines
        bytes = 0
        badLines = 0
      }
      readUnfinished()
      yield { state: stateAt(fd, path, stats, stats.size, badBefore + badLines), bytes, badLines, isLast: true }
    } finally {
      closeSync(fd)
    }
  }

  /** @returns how many lines could not be read */
  function searchLines(): number {
    const to = lines.completeEnd
    let bad = lines.takeDropped()
    let from = kernel.base
    for (let end = kernel.nextLine(from, to); end !== 0; end = kernel.nextLine(from, to)) {
      isLineBad = false
      if (!lineReader.read(end, onRecord) || isLineBad) bad++
      from = end + 1
    }
    return bad
  }

  function readUnfinished(): void {
    const { start, end } = lines.unfinished()
    if (kernel.bytes.subarray(start, end).includes('"usage"')) readUnfinishedLine(kernel.bytes, start, end, onRecord)
  }

  function onRecord(record: ParsedRecord): void {
    if (record === 'other') return
    if (record === 'bad') {
      isLineBad = true
      return
    }
    // A streamed call has several consecutive lines, most of them with the same values.
    const known = record.key === last?.key ? last : calls.get(record.key)
    if (known !== undefined && isRepetition(record, known)) {
      last = known
      return
    }
    const merged = known === undefined ? record : mergeCalls(known, record)
    last = merged === record ? { ...record } : merged
    if (last !== known) calls.set(last.key, last)
  }

  function stateAt(fd: number, path: string, stats: Stats, size: number, badLines: number): FileState {
    const { dev, ino, mtimeMs: mtime } = stats
    const hash = fingerprint(fd, lines.offset)
    // The file was truncated while it was read: its calls are kept, and it is read again.
    if (hash === undefined) return { path, dev, ino, size: -1, mtime, offset: 0, fingerprint: '', badLines: 0 }
    return { path, dev, ino, size, mtime, offset: lines.offset, fingerprint: hash, badLines }
  }
}

/** Whether a record repeats the known one at a later time. This check avoids a merge for most lines. */
function isRepetition(call: ScannedCall, known: ScannedCall): boolean {
  return (
    call.at >= known.at &&
    call.output === known.output &&
    call.input === known.input &&
    call.read === known.read &&
    call.write_5m === known.write_5m &&
    call.write_1h === known.write_1h &&
    call.web_searches === known.web_searches &&
    matchesLabel(call, known)
  )
}

/** Whether the file still begins with the content of the stored state. */
function isContinuation(fd: number, stats: Stats, known: FileState): boolean {
  if (known.offset === 0 || stats.size < known.offset || stats.size < known.size) return false
  // The same size with another time: the file may have been rewritten between its ends.
  if (stats.size === known.size && stats.mtimeMs !== known.mtime) return false
  return fingerprint(fd, known.offset) === known.fingerprint
}
