import { availableParallelism } from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { FileState } from './file-state.ts'
import { type FoundTranscript, findTranscripts } from './find-transcripts.ts'
import type { Problem } from './problem.ts'
import { createPageScanner, type ScanPage } from './scan/scan-page.ts'
import { startScanPool } from './scan/scan-pool.ts'
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

/** With less to read, starting another thread would take longer than reading. */
const BYTES_WORTH_A_THREAD = 32 * 1024 * 1024
/** Including this one. More would wait for the one that writes. */
const MOST_THREADS = 4
/** Milliseconds this thread scans before it lets others of its process have a turn. */
const MOST_WITHOUT_BREATH = 20

/**
 * Brings the ledger up to date with the transcripts.
 * @throws LedgerError when the ledger cannot be written; what was committed before stays
 */
export async function refresh(store: LedgerStore, options: RefreshOptions, now: () => number): Promise<RefreshSummary> {
  const { roots, onProgress } = options
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

  await scanAll(work, progress.bytes_total, options, takeIn, (task) => done.has(task))
  if (gone.length > 0) store.forget(gone)
  return summary
}

/**
 * Scans on this thread, and on others too when there is enough to read. What another thread takes and does not finish,
 * because it may not run or dies, is scanned here in the end.
 */
async function scanAll(
  work: readonly Work[],
  bytes: number,
  options: RefreshOptions,
  takeIn: (page: ScanPage) => void,
  isDone: (task: number) => boolean,
): Promise<void> {
  const { signal, threads = bytes < BYTES_WORTH_A_THREAD ? 1 : Math.min(MOST_THREADS, availableParallelism()) } = options
  const tasks = work.map(({ path: place, known }): ScanTask => ({ path: place, known }))
  const isAborted = () => signal?.aborted === true
  if (isAborted()) return
  const pool = startScanPool(tasks, Math.min(threads, tasks.length) - 1, takeIn)
  const scanner = createPageScanner()
  signal?.addEventListener('abort', pool.stop, { once: true })
  let breath = performance.now()

  async function scanHere(task: number, isNearEnd: boolean): Promise<void> {
    for (const page of scanner.scan(task, tasks[task]!, isNearEnd)) {
      if (page !== undefined) takeIn(page)
      if (performance.now() - breath < MOST_WITHOUT_BREATH) continue
      await setImmediate()
      breath = performance.now()
      if (isAborted()) return
    }
  }

  try {
    for (let task = pool.takeLast(); task !== undefined; task = pool.takeLast()) await scanHere(task, pool.isNearEnd())
    const rest = scanner.rest()
    if (rest !== undefined) takeIn(rest)
    await pool.finished
    for (const [task] of tasks.entries()) if (!isDone(task) && !isAborted()) await scanHere(task, false)
    const late = scanner.rest()
    if (late !== undefined) takeIn(late)
  } finally {
    signal?.removeEventListener('abort', pool.stop)
    pool.stop()
    await pool.finished
  }
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
