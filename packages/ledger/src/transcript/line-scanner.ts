import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'
import type { FileState } from '../file-state.ts'
import { fingerprint } from '../fingerprint.ts'
import type { ScannedCalls } from './call-batch.ts'
import type { LineBuffer } from './line-buffer.ts'
import type { FilePart, Scanner, ScanTask } from './scanner.ts'

/** The size of parts in bytes. A huge file is reported in parts, which limits the work that is lost in a crash. */
const PART_BYTES = 32 * 1024 * 1024

/** What a source does with the lines of a transcript, one file at a time. */
export interface LineReader {
  /**
   * Starts a file.
   * @param state what `state` returned at the end of the part that was read before; undefined at the start of the file
   * @param former what `state` returned before the file was written anew; empty where it is not known
   * @returns false when the state is not one of this reader: then it is called again for the start of the file
   */
  start(state: string | undefined, path: string, former: string): boolean
  /** Reads the complete lines in the buffer, and merges their calls into `into`. @returns how many could not be read */
  readLines(into: ScannedCalls): number
  /** Reads what is complete in the line at the end of the file that has no newline yet. It is read again when it has one. */
  readUnfinished(into: ScannedCalls): void
  /** What it has to know to continue after the last complete line; empty for nothing. */
  state(): string
}

/** Creates a scanner of transcripts that grow line by line: it opens files, continues where they were read to, and reports parts. */
export function createLineScanner(lines: LineBuffer, reader: LineReader): Scanner {
  return { scan }

  function* scan({ path, known }: ScanTask, into: ScannedCalls): Generator<FilePart | undefined, void> {
    // Without O_NONBLOCK, opening a FIFO would wait for a writer forever.
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stats = fstatSync(fd)
      if (!stats.isFile()) throw new Error('it is not a file')
      const from = start(fd, stats, path, known)
      let bytes = 0
      let badLines = 0
      let badBefore = from?.badLines ?? 0
      for (let read = lines.fill(fd); read > 0; read = lines.fill(fd)) {
        bytes += read
        badLines += reader.readLines(into)
        if (bytes < PART_BYTES) {
          yield undefined
          continue
        }
        yield { state: stateAt(fd, path, stats, -1, badBefore + badLines), bytes, badLines, isLast: false }
        badBefore += badLines
        bytes = 0
        badLines = 0
      }
      const state = stateAt(fd, path, stats, stats.size, badBefore + badLines)
      reader.readUnfinished(into)
      yield { state, bytes, badLines, isLast: true }
    } finally {
      closeSync(fd)
    }
  }

  /** @returns the stored state from which reading continues */
  function start(fd: number, stats: Stats, path: string, known: FileState | undefined): FileState | undefined {
    const isKnown = known !== undefined && isContinuation(fd, stats, known) && reader.start(known.scannerState, path, '')
    if (!isKnown) reader.start(undefined, path, known?.scannerState ?? '')
    lines.start(isKnown ? known.offset : 0)
    return isKnown ? known : undefined
  }

  function stateAt(fd: number, path: string, stats: Stats, size: number, badLines: number): FileState {
    const { dev, ino, mtimeMs: mtime } = stats
    const { offset } = lines
    const born = stats.birthtimeMs > 0 ? Math.min(stats.birthtimeMs, mtime) : mtime
    const hash = fingerprint(fd, offset)
    // The file was truncated while it was read: its calls are kept, and it is read again.
    if (hash === undefined) return { path, dev, ino, size: -1, mtime, offset: 0, fingerprint: '', badLines: 0, scannerState: '', born }
    return { path, dev, ino, size, mtime, offset, fingerprint: hash, badLines, scannerState: reader.state(), born }
  }
}

/** Whether the file still begins with the content of the stored state. */
function isContinuation(fd: number, stats: Stats, known: FileState): boolean {
  if (known.offset === 0 || stats.size < known.offset || stats.size < known.size) return false
  // The same size with another time: the file may have been rewritten between its ends.
  if (stats.size === known.size && stats.mtimeMs !== known.mtime) return false
  return fingerprint(fd, known.offset) === known.fingerprint
}
