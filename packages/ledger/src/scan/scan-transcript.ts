import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'
import { mergeCalls } from '@signalbox/usage/winner'
import type { FileState } from '../file-state.ts'
import { fingerprint } from '../fingerprint.ts'
import { hasLabel } from './call-batch.ts'
import type { Reading } from './call-of-record.ts'
import { foundLineReader } from './extract-call.ts'
import { LineBuffer } from './line-buffer.ts'
import { readUnfinishedLine } from './read-line.ts'
import { ScanKernel } from './scan-kernel.ts'
import type { ScannedCall } from './scanned-call.ts'

export interface ScanTask {
  readonly path: string
  /** What was remembered of this file, if anything. */
  readonly known?: FileState | undefined
}

/** How far a file was read since the part before. */
export interface FilePart {
  readonly state: FileState
  readonly bytes: number
  readonly badLines: number
  readonly isLast: boolean
}

/** A huge file is told in parts, so that the work lost to a crash does not grow with it. */
const PART_BYTES = 32 * 1024 * 1024

export interface Scanner {
  /**
   * Reads what is new in a file. Calls are merged into `calls` while they are found; a part is yielded when a cursor
   * can be set behind them, the last one with the file's whole size. In between it yields undefined, often.
   * @throws what the file system throws; what was yielded before stays true
   */
  scan(task: ScanTask, calls: Map<string, ScannedCall>): Generator<FilePart | undefined, void>
}

/**
 * A scanner with its own buffer; it reads one file at a time. Its functions are made once, not for every file: the
 * engine optimises a function for what it calls, and would begin again with each new one.
 */
export function createScanner(): Scanner {
  const kernel = new ScanKernel()
  const lines = new LineBuffer(kernel)
  const readFoundLine = foundLineReader(kernel)
  let calls = new Map<string, ScannedCall>()
  let isLineBad = false
  let last: ScannedCall | undefined

  return { scan }

  function* scan({ path, known }: ScanTask, into: Map<string, ScannedCall>): Generator<FilePart | undefined, void> {
    calls = into
    last = undefined
    // Opening a FIFO would wait for a writer, for ever.
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stats = fstatSync(fd)
      if (!stats.isFile()) throw new Error('it is not a file')
      const from = known !== undefined && goesOn(fd, stats, known) ? known : undefined
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
    const to = lines.wholeEnd
    let bad = lines.takeDropped()
    let from = kernel.base
    for (let end = kernel.nextLine(from, to); end !== 0; end = kernel.nextLine(from, to)) {
      isLineBad = false
      if (!readFoundLine(end, take) || isLineBad) bad++
      from = end + 1
    }
    return bad
  }

  function readUnfinished(): void {
    const { start, end } = lines.unfinished()
    if (kernel.bytes.subarray(start, end).includes('"usage"')) readUnfinishedLine(kernel.bytes, start, end, take)
  }

  function take(reading: Reading): void {
    if (reading === 'other') return
    if (reading === 'bad') {
      isLineBad = true
      return
    }
    // A call that streams is on the lines one after the other, mostly with the same to say.
    const known = reading.key === last?.key ? last : calls.get(reading.key)
    if (known !== undefined && saysNothingNew(reading, known)) {
      last = known
      return
    }
    const merged = known === undefined ? reading : mergeCalls(known, reading)
    last = merged === reading ? { ...reading } : merged
    if (last !== known) calls.set(last.key, last)
  }

  function stateAt(fd: number, path: string, stats: Stats, size: number, badLines: number): FileState {
    const { dev, ino, mtimeMs: mtime } = stats
    const mark = fingerprint(fd, lines.offset)
    // Cut off while it was read: what was found is kept, and it is read again.
    if (mark === undefined) return { path, dev, ino, size: -1, mtime, offset: 0, fingerprint: '', badLines: 0 }
    return { path, dev, ino, size, mtime, offset: lines.offset, fingerprint: mark, badLines }
  }
}

/** Whether it is the same record, told again later; the winner rule is not asked about most lines. */
function saysNothingNew(call: ScannedCall, known: ScannedCall): boolean {
  return (
    call.at >= known.at &&
    call.output === known.output &&
    call.input === known.input &&
    call.read === known.read &&
    call.write_5m === known.write_5m &&
    call.write_1h === known.write_1h &&
    call.web_searches === known.web_searches &&
    hasLabel(call, known)
  )
}

/** Whether what is remembered is still the beginning of this file. */
function goesOn(fd: number, stats: Stats, known: FileState): boolean {
  if (known.offset === 0 || stats.size < known.offset || stats.size < known.size) return false
  // Touched but not grown: it may have been rewritten between its ends.
  if (stats.size === known.size && stats.mtimeMs !== known.mtime) return false
  return fingerprint(fd, known.offset) === known.fingerprint
}
