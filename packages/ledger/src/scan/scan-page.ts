import type { FileState } from '../file-state.ts'
import { fileProblem } from '../problem.ts'
import { type CallBatch, packCalls } from './call-batch.ts'
import { createScanner, type ScanTask } from './scan-transcript.ts'
import type { ScannedCall } from './scanned-call.ts'

/** How far a file was read, and how the reading went. */
export interface ScannedPart {
  /** Index of the file's task. */
  readonly task: number
  /** The file's new cursor; not there when nothing of it could be read. */
  readonly state?: FileState
  /** Bytes read since the part before. */
  readonly bytes: number
  /** Lines since the part before of which something could not be read. */
  readonly badLines: number
  /** Nothing more comes of this file. */
  readonly isLast: boolean
  /** Why the rest of it could not be read. */
  readonly problem?: string
}

/** Calls of several files with the cursors that go with them into one transaction. */
export interface ScanPage {
  readonly parts: readonly ScannedPart[]
  /** At least the calls of all the lines that the cursors say were read. */
  readonly calls: CallBatch
}

/** Enough for a transaction to be quick, little enough to keep others waiting for a moment only. */
const CALLS_PER_PAGE = 16_000
/** The first page is small and each is twice the one before: something is seen, and safe, soon. */
const CALLS_ON_FIRST_PAGE = 500
/** Near the end pages are small again: the last are put in when nobody has anything else to do. */
const CALLS_NEAR_END = 2_000
const PARTS_PER_PAGE = 500

/**
 * Scans one file after the other, gathering what is found in pages: many small files share one, a huge one fills many.
 */
export interface PageScanner {
  /**
   * Scans a file. Yields a page whenever one is full, else undefined, often: a moment to do something else, or to stop.
   * What cannot be read is told in a page, not thrown.
   */
  scan(task: number, file: ScanTask, isNearEnd?: boolean): Generator<ScanPage | undefined, void>
  /** What was found and is in no page yet. */
  rest(): ScanPage | undefined
}

export function createPageScanner(): PageScanner {
  const scanner = createScanner()
  const calls = new Map<string, ScannedCall>()
  let parts: ScannedPart[] = []
  let limit = CALLS_ON_FIRST_PAGE

  function cut(): ScanPage {
    const page: ScanPage = { parts, calls: packCalls(calls) }
    parts = []
    calls.clear()
    limit = Math.min(2 * limit, CALLS_PER_PAGE)
    return page
  }

  return {
    *scan(task, file, isNearEnd = false) {
      try {
        for (const part of scanner.scan(file, calls)) {
          if (part !== undefined) parts.push({ task, ...part })
          const most = isNearEnd ? Math.min(limit, CALLS_NEAR_END) : limit
          yield calls.size >= most || parts.length >= PARTS_PER_PAGE ? cut() : undefined
        }
      } catch (error) {
        parts.push({ task, bytes: 0, badLines: 0, isLast: true, problem: fileProblem(error) })
      }
    },
    rest: () => (parts.length === 0 ? undefined : cut()),
  }
}
