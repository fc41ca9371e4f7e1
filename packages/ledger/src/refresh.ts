import path from 'node:path'
import type { FileState } from './file-state.ts'
import { type FoundTranscript, fileProblem, findTranscripts, type Problem } from './find-transcripts.ts'
import { ledgerErrorOf } from './ledger-error.ts'
import { readValueWhole } from './scan/read-line.ts'
import { createScanner, type ScanTask } from './scan/scan-transcript.ts'
import type { LedgerStore, ScannedPiece } from './store/ledger-store.ts'

export interface RefreshOptions {
  /** Folders to look in, as `findTranscriptRoots` gives them. */
  readonly roots: readonly string[]
  /** Ends the refresh early; what was read until then is kept. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: RefreshProgress) => void) | undefined
}

export interface RefreshProgress {
  readonly files_done: number
  readonly files_total: number
  readonly bytes_done: number
  readonly bytes_total: number
  /** New calls so far. */
  readonly calls: number
}

export interface RefreshSummary {
  /** Transcripts found. */
  readonly files: number
  /** Transcripts with something new in them. */
  readonly files_read: number
  readonly bytes_read: number
  readonly calls_new: number
  /** Known calls of which a better record was found. */
  readonly calls_improved: number
  /** Lines read in this refresh of which something could not be read. */
  readonly bad_lines: number
  /** What the refresh went around: folders and files that could not be read. */
  readonly problems: readonly Problem[]
}

interface Work extends ScanTask {
  readonly found: FoundTranscript
}

/** Bytes of transcripts whose calls go into one transaction, at most. */
const BYTES_PER_COMMIT = 64 * 1024 * 1024
const CALLS_PER_COMMIT = 4_000

/**
 * Brings the ledger up to date with the transcripts.
 * @throws LedgerError when the ledger cannot be written; what was committed before stays
 */
export async function refresh(store: LedgerStore, options: RefreshOptions, now: () => number): Promise<RefreshSummary> {
  const { roots, signal, onProgress } = options
  const { transcripts, problems, walked } = findTranscripts(roots)
  const known = store.files.all()
  const { work, gone } = whatIsNew(transcripts, known, walked)
  const summary = {
    files: transcripts.length,
    files_read: 0,
    bytes_read: 0,
    calls_new: 0,
    calls_improved: 0,
    bad_lines: 0,
    problems,
  }
  const progress = {
    files_done: transcripts.length - work.length,
    files_total: transcripts.length,
    bytes_done: 0,
    bytes_total: work.reduce((sum, { found, known: state }) => sum + Math.max(0, found.size - (state?.offset ?? 0)), 0),
    calls: 0,
  }
  onProgress?.(progress)

  let waiting: ScannedPiece[] = []
  let waitingCalls = 0
  let waitingBytes = 0

  function commit(): void {
    if (waiting.length === 0) return
    const written = store.write(waiting, now())
    summary.calls_new += written.added
    summary.calls_improved += written.improved
    progress.calls = summary.calls_new
    waiting = []
    waitingCalls = 0
    waitingBytes = 0
  }

  const scanner = createScanner(readValueWhole)
  for (const task of work) {
    if (signal?.aborted === true) break
    try {
      let was = known.get(task.path)
      scanner.scan(
        task,
        (piece) => {
          waiting.push({ piece, was })
          was = piece.state
          waitingCalls += piece.calls.keys.length
          waitingBytes += piece.bytes
          summary.bytes_read += piece.bytes
          summary.bad_lines += piece.badLines
          progress.bytes_done += piece.bytes
          if (waitingCalls >= CALLS_PER_COMMIT || waitingBytes >= BYTES_PER_COMMIT) commit()
        },
        signal,
      )
      summary.files_read++
    } catch (error) {
      if (!isFileError(error)) throw ledgerErrorOf(error, store.file)
      problems.push({ path: task.path, message: fileProblem(error) })
    }
    progress.files_done++
    onProgress?.(progress)
  }
  commit()
  if (gone.length > 0) store.forget(gone)
  return summary
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

/** What changed since the last time, and which transcripts are no longer there. */
function whatIsNew(
  transcripts: readonly FoundTranscript[],
  known: ReadonlyMap<string, FileState>,
  walked: readonly string[],
): { work: Work[]; gone: string[] } {
  const missing = new Map(known)
  const changed: FoundTranscript[] = []
  for (const found of transcripts) {
    const state = missing.get(found.path)
    missing.delete(found.path)
    if (state === undefined || state.size !== found.size || state.mtime !== found.mtime || state.ino !== found.ino) changed.push(found)
  }
  // A renamed transcript is not read again: it is known by its identity, and its ends are compared before it is believed.
  const moved = new Map([...missing.values()].map((state) => [`${state.dev}:${state.ino}`, state]))
  const work = changed.map((found) => ({
    path: found.path,
    found,
    known: known.get(found.path) ?? moved.get(`${found.dev}:${found.ino}`),
  }))
  const below = walked.map((root) => root + path.sep)
  const gone = [...missing.keys()].filter((place) => below.some((root) => place.startsWith(root)))
  return { work, gone }
}
