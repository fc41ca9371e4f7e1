import path from 'node:path'
import type { FileState } from './file-state.ts'
import { type FoundTranscript, findTranscripts } from './find-transcripts.ts'
import type { Problem } from './problem.ts'
import type { ScanPage } from './scan/scan-page.ts'
import type { ScanTask } from './scan/scan-transcript.ts'
import type { FileChange, LedgerStore } from './store/ledger-store.ts'

export interface RefreshOptions {
  /** Folders to look in, as `findTranscriptRoots` gives them. */
  readonly roots: readonly string[]
  /** Ends the refresh early; what was read until then is kept. */
  readonly signal?: AbortSignal | undefined
  /** How many threads read; else one, or, when there is much to read, as many as the machine runs, at most four. */
  readonly threads?: number | undefined
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

/**
 * Brings the ledger up to date with the transcripts.
 * @throws LedgerError when the ledger cannot be written; what was committed before stays
 */
export async function refresh(store: LedgerStore, options: RefreshOptions, now: () => number): Promise<RefreshSummary> {
  const { roots, threads, signal, onProgress } = options
  const { transcripts, problems, walked } = findTranscripts(roots)
  const known = store.ask(() => store.files.all())
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

  const before = new Map(known)
  const done = new Set<number>()

  function takeIn(page: ScanPage): void {
    const files: FileChange[] = []
    for (const { state } of page.parts) {
      if (state === undefined) continue
      // A page may hold several parts of one file: each goes on where the one before ended.
      files.push({ state, was: before.get(state.path) })
      before.set(state.path, state)
    }
    // Nothing but files that could not be read: no reason to write.
    if (files.length > 0 || page.calls.keys.length > 0) {
      const written = store.write(files, page.calls, now())
      summary.calls_new += written.added
      summary.calls_improved += written.improved
    }
    for (const { task, bytes, badLines, isLast, problem } of page.parts) {
      summary.bytes_read += bytes
      summary.bad_lines += badLines
      progress.bytes_done += bytes
      if (!isLast) continue
      done.add(task)
      progress.files_done++
      if (problem === undefined) summary.files_read++
      else problems.push({ path: work[task]!.path, message: problem })
    }
    progress.calls = summary.calls_new
    onProgress?.(progress)
  }

  if (work.length > 0) {
    // Most runs find nothing new, and loading what reads takes as long as finding that out.
    const { scanAll } = await import('./scan/scan-all.ts')
    await scanAll(work, { bytes: progress.bytes_total, takeIn, isDone: (task) => done.has(task), threads, signal })
  }
  if (gone.length > 0) store.forget(gone)
  return summary
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
  // Copies of a session have names side by side: read one after the other, they are one before the ledger sees them.
  changed.sort((a, b) => (a.path < b.path ? -1 : 1))
  const work = changed.map((found) => ({
    path: found.path,
    found,
    known: known.get(found.path) ?? moved.get(`${found.dev}:${found.ino}`),
  }))
  const below = walked.map((root) => root + path.sep)
  const gone = [...missing.keys()].filter((place) => below.some((root) => place.startsWith(root)))
  return { work, gone }
}
