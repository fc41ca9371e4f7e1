import type { FileState } from '../file-state.ts'
import { describeFileError } from '../problem.ts'
import { type CallBatch, ScannedCalls } from './call-batch.ts'
import type { ScanTask } from './scanner.ts'
import type { Scanners } from './sources.ts'

/** The progress of one file. */
export interface ScannedPart {
  /** The index of the file's task. */
  readonly task: number
  /** The file's new state; absent when nothing could be read. */
  readonly state?: FileState
  /** Bytes read since the former part. */
  readonly bytes: number
  /** Lines since the former part that could not be read completely. */
  readonly badLines: number
  /** Whether this is the last part of the file. */
  readonly isLast: boolean
  /** Why the rest of the file could not be read. */
  readonly problem?: string
}

/** Calls of several files, and the file states that are written with them in one transaction. */
export interface ScanPage {
  readonly parts: readonly ScannedPart[]
  /** At least the calls of all lines that the states mark as read. */
  readonly calls: CallBatch
}

/** The numbers of calls at which pages end. */
export interface PageSizes {
  /** The size of the first page, doubled with each page, so that first results are committed and reported soon. */
  readonly first: number
  /** The largest size: large enough for efficient transactions, small enough to block other processes briefly only. */
  readonly max: number
  /** The largest size near the end. Small pages keep the last write short, during which the other threads are idle. */
  readonly nearEnd: number
}

export const defaultPageSizes: PageSizes = { first: 500, max: 16_000, nearEnd: 2_000 }
const MAX_PARTS_PER_PAGE = 500

/** Scans one file after the other and collects the calls in pages. Many small files share a page; a huge file fills many. */
export interface PageScanner {
  /**
   * Scans a file. Yields a page when one is full, and undefined often in between, so that the caller can do other work or stop.
   * An unreadable file is reported in a page, not thrown.
   */
  scan(task: number, file: ScanTask, isNearEnd?: boolean): Generator<ScanPage | undefined, void>
  /** The last page, which is not full; undefined when there is nothing left. */
  flush(): ScanPage | undefined
}

/** @param scanners of at least the sources of all files that are scanned */
export function createPageScanner(scanners: Scanners, sizes: PageSizes = defaultPageSizes): PageScanner {
  const calls = new ScannedCalls()
  let parts: ScannedPart[] = []
  let target = sizes.first

  function cutPage(): ScanPage {
    const page: ScanPage = { parts, calls: calls.pack() }
    parts = []
    calls.clear()
    target = Math.min(2 * target, sizes.max)
    return page
  }

  return {
    *scan(task, file, isNearEnd = false) {
      try {
        for (const part of scanners.get(file.source)!.scan(file, calls)) {
          if (part !== undefined) parts.push({ task, ...part })
          const limit = isNearEnd ? Math.min(target, sizes.nearEnd) : target
          yield calls.size >= limit || parts.length >= MAX_PARTS_PER_PAGE ? cutPage() : undefined
        }
      } catch (error) {
        parts.push({ task, bytes: 0, badLines: 0, isLast: true, problem: describeFileError(error) })
      }
    },
    flush: () => (parts.length === 0 ? undefined : cutPage()),
  }
}
