import path from 'node:path'
import type { FileState } from './file-state.ts'
import { takeMigrationNote } from './migration-note.ts'
import type { Problem } from './problem.ts'
import { hasDueEstimates } from './store/answers.ts'
import { hasUnsettledCostStates } from './store/cost-states.ts'
import type { FileChange, LedgerStore } from './store/ledger-store.ts'
import { hasUnsettledCopies } from './store/sessions.ts'
import { type FoundTranscript, findTranscripts } from './transcript/find-transcripts.ts'
import type { PageSizes, ScanPage } from './transcript/scan-page.ts'
import type { ScanTask } from './transcript/scanner.ts'

export interface RefreshOptions {
  /** The folders with transcripts, from `findTranscriptRoots`. */
  readonly roots: readonly string[]
  /** Stops the refresh early; calls read until then are kept. */
  readonly signal?: AbortSignal | undefined
  /** The number of threads; defaults to one, or up to four when there is much to read. */
  readonly threads?: number | undefined
  /** The sizes of transactions; smaller ones are for tests. */
  readonly pageSizes?: PageSizes | undefined
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
  /** The number of transcripts found. */
  readonly files: number
  /** The number of transcripts with new content. */
  readonly files_read: number
  readonly bytes_read: number
  readonly calls_new: number
  /** Known calls with a better record. */
  readonly calls_improved: number
  /** Lines of this refresh that could not be read completely. */
  readonly bad_lines: number
  /** The number of folders whose project is new or has changed. */
  readonly folders_changed: number
  /** The paths of the transcripts that have changed since they were last read. */
  readonly changed: readonly string[]
  /** The folders and files that were skipped because they could not be read. */
  readonly problems: readonly Problem[]
  /** What the migration of an older ledger has done, once. */
  readonly note: string | undefined
}

interface RefreshTask extends ScanTask {
  readonly found: FoundTranscript
}

/**
 * Updates the ledger from the transcripts.
 * @throws LedgerError when the ledger cannot be written; earlier commits are kept
 */
export async function refresh(store: LedgerStore, options: RefreshOptions, now: () => number): Promise<RefreshSummary> {
  const { roots, threads, pageSizes, signal, onProgress } = options
  const { transcripts, problems, walked } = findTranscripts(roots)
  const known = store.read(() => store.files.all())
  const { tasks, deleted } = findChanges(transcripts, known, walked)
  const summary = {
    files: transcripts.length,
    files_read: 0,
    bytes_read: 0,
    calls_new: 0,
    calls_improved: 0,
    bad_lines: 0,
    folders_changed: 0,
    changed: tasks.map(({ path }) => path),
    problems,
  }
  const progress = {
    files_done: transcripts.length - tasks.length,
    files_total: transcripts.length,
    bytes_done: 0,
    bytes_total: tasks.reduce((sum, { found, known: state }) => sum + Math.max(0, found.size - (state?.offset ?? 0)), 0),
    calls: 0,
  }
  onProgress?.(progress)

  /** The folders of calls that were read. */
  const touched = new Set<string>()
  const states = new Map(known)
  const done = new Set<number>()

  function writePage(page: ScanPage): void {
    const files: FileChange[] = []
    for (const { state } of page.parts) {
      if (state === undefined) continue
      // A page can have several parts of one file; each continues where the one before ended.
      files.push({ state, before: states.get(state.path) })
      states.set(state.path, state)
    }
    for (const { cwd } of page.calls.labels) if (cwd !== undefined && cwd !== '') touched.add(cwd)
    // A page of unreadable files only has nothing to write.
    if (files.length > 0 || page.calls.keys.length > 0) {
      const counts = store.write(files, page.calls, now())
      summary.calls_new += counts.added
      summary.calls_improved += counts.improved
    }
    for (const { task, bytes, badLines, isLast, problem } of page.parts) {
      summary.bytes_read += bytes
      summary.bad_lines += badLines
      progress.bytes_done += bytes
      if (!isLast) continue
      done.add(task)
      progress.files_done++
      if (problem === undefined) summary.files_read++
      else problems.push({ path: tasks[task]!.path, message: problem })
    }
    progress.calls = summary.calls_new
    onProgress?.(progress)
  }

  if (tasks.length > 0) {
    // Loaded on demand: most runs find nothing new, and loading the scanner takes as long as finding that out.
    const { scanAll } = await import('./transcript/scan-all.ts')
    await scanAll(tasks, { bytes: progress.bytes_total, onPage: writePage, isDone: (task) => done.has(task), threads, pageSizes, signal })
  }
  if (deleted.length > 0) store.forget(deleted)
  // Also what a process left that ended in the midst of this.
  if (store.read(() => hasUnsettledCopies(store.db))) store.settleCopies()
  if (store.read(() => hasUnsettledCostStates(store.db))) {
    const { settleCostStates } = await import('./cost-state/settle.ts')
    settleCostStates(store, now())
  }
  if (store.read(() => hasDueEstimates(store.db))) {
    const { settleEstimates } = await import('./estimate/settle.ts')
    settleEstimates(store, now())
  }
  const at = now()
  const isComplete = signal?.aborted !== true
  if (isComplete && store.read(() => store.folders.needLook(touched, at))) {
    // Loaded on demand, too.
    const { updateFolders } = await import('./folders/update-folders.ts')
    summary.folders_changed = await updateFolders(store, { touched, now: at })
  }
  return { ...summary, note: isComplete ? store.read(() => takeMigrationNote(store)) : undefined }
}

/** Finds the transcripts that changed since the last refresh, and those that were deleted. */
function findChanges(
  transcripts: readonly FoundTranscript[],
  known: ReadonlyMap<string, FileState>,
  walked: readonly string[],
): { tasks: RefreshTask[]; deleted: string[] } {
  const missing = new Map(known)
  const changed: FoundTranscript[] = []
  for (const found of transcripts) {
    const state = missing.get(found.path)
    missing.delete(found.path)
    if (state === undefined || state.size !== found.size || state.mtime !== found.mtime || state.ino !== found.ino) changed.push(found)
  }
  // A renamed transcript is found by device and inode; its fingerprint is compared before its state is used.
  const moved = new Map([...missing.values()].map((state) => [`${state.dev}:${state.ino}`, state]))
  // Copies of a session have similar names. Scanned one after the other, they are merged before they are written.
  changed.sort((a, b) => (a.path < b.path ? -1 : 1))
  const tasks = changed.map((found) => ({
    path: found.path,
    source: found.source,
    found,
    known: known.get(found.path) ?? moved.get(`${found.dev}:${found.ino}`),
  }))
  const prefixes = walked.map((root) => root + path.sep)
  const deleted = [...missing.keys()].filter((file) => prefixes.some((prefix) => file.startsWith(prefix)))
  return { tasks, deleted }
}
