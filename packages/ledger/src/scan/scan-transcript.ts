import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'
import type { Call } from '@signalbox/contract/call'
import { mergeCalls } from '@signalbox/usage/winner'
import type { FileState } from '../file-state.ts'
import { fingerprint } from '../fingerprint.ts'
import { type CallBatch, packCalls } from './call-batch.ts'
import type { Reading } from './call-of-record.ts'
import { LineBuffer } from './line-buffer.ts'
import { type ReadValue, readLine, readUnfinishedLine } from './read-line.ts'

export interface ScanTask {
  readonly path: string
  /** What was remembered of this file, if anything. */
  readonly known?: FileState | undefined
}

/** What was read of one file, up to a line's end: calls and cursor belong into one transaction. */
export interface ScanPiece {
  readonly state: FileState
  readonly calls: CallBatch
  /** Bytes read for this piece. */
  readonly bytes: number
  /** Lines in this piece of which something could not be read. */
  readonly badLines: number
}

/** A huge file is told in pieces, so that neither memory nor the work lost to a crash grows with it. */
const PIECE_BYTES = 64 * 1024 * 1024
const PIECE_CALLS = 20_000

/** Only lines with these bytes can hold a call. */
const marker = Buffer.from('"usage"')

export interface Scanner {
  /**
   * Reads what is new in a file and hands it on in pieces, the last of which has the file's whole size.
   * @throws what the file system throws; what was handed on before stays true
   */
  scan(task: ScanTask, onPiece: (piece: ScanPiece) => void, signal?: { readonly aborted: boolean }): void
}

/** A scanner with its own buffer; it reads one file at a time. */
export function createScanner(readValue: ReadValue): Scanner {
  const lines = new LineBuffer()
  return {
    scan({ path, known }, onPiece, signal) {
      // Opening a FIFO would wait for a writer, for ever.
      const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
      try {
        const stats = fstatSync(fd)
        if (!stats.isFile()) throw new Error('it is not a file')
        scanOpen(fd, path, stats, known !== undefined && goesOn(fd, stats, known) ? known : undefined, onPiece, signal)
      } finally {
        closeSync(fd)
      }
    },
  }

  function scanOpen(
    fd: number,
    path: string,
    stats: Stats,
    known: FileState | undefined,
    onPiece: (piece: ScanPiece) => void,
    signal: { readonly aborted: boolean } | undefined,
  ): void {
    let calls = new Map<string, Call>()
    let bytes = 0
    let badBefore = known?.badLines ?? 0
    let badLines = 0
    let isLineBad = false
    lines.start(known?.offset ?? 0)
    for (;;) {
      const read = lines.fill(fd)
      bytes += read
      if (read === 0 || signal?.aborted === true) break
      searchLines()
      if (bytes >= PIECE_BYTES || calls.size >= PIECE_CALLS) handOn(-1)
    }
    if (signal?.aborted === true) {
      handOn(-1)
      return
    }
    const { bytes: buffer, start, end } = lines.unfinished()
    readUnfinishedLine(buffer, start, end, readValue, take)
    handOn(stats.size)

    function handOn(size: number): void {
      const mark = fingerprint(fd, lines.offset)
      // Cut off while it was read: what was found is kept, and it is read again.
      const offset = mark === undefined ? 0 : lines.offset
      const state: FileState = {
        path,
        dev: stats.dev,
        ino: stats.ino,
        size: mark === undefined ? -1 : size,
        mtime: stats.mtimeMs,
        offset,
        fingerprint: mark ?? '',
        badLines: badBefore + badLines,
      }
      onPiece({ state, calls: packCalls(calls), bytes, badLines })
      calls = new Map()
      bytes = 0
      badBefore += badLines
      badLines = 0
    }

    function searchLines(): void {
      const { bytes: buffer, start, end } = lines.whole()
      const view = buffer.subarray(start, end)
      let from = 0
      for (let hit = view.indexOf(marker, from); hit !== -1; hit = view.indexOf(marker, from)) {
        const lineStart = Math.max(from, view.lastIndexOf(0x0a, hit) + 1)
        const lineEnd = view.indexOf(0x0a, hit)
        isLineBad = false
        if (!readLine(view, lineStart, lineEnd, readValue, take) || isLineBad) badLines++
        from = lineEnd + 1
      }
      badLines += lines.takeDropped()
    }

    function take(reading: Reading): void {
      if (reading === 'other') return
      if (reading === 'bad') {
        isLineBad = true
        return
      }
      const known = calls.get(reading.key)
      if (known === undefined) calls.set(reading.key, reading)
      else {
        const merged = mergeCalls(known, reading)
        if (merged !== known) calls.set(reading.key, merged)
      }
    }
  }
}

/** Whether what is remembered is still the beginning of this file. */
function goesOn(fd: number, stats: Stats, known: FileState): boolean {
  if (known.offset === 0 || stats.size < known.offset || stats.size < known.size) return false
  // Touched but not grown: it may have been rewritten between its ends.
  if (stats.size === known.size && stats.mtimeMs !== known.mtime) return false
  return fingerprint(fd, known.offset) === known.fingerprint
}
