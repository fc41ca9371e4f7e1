import path from 'node:path'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import type { FileState } from '../file-state.ts'
import { isStoreError, toLedgerError } from '../ledger-error.ts'
import type { CallBatch } from '../transcript/call-batch.ts'
import { type Answers, openAnswers } from './answers.ts'
import { type Calls, openCalls, type WriteCounts } from './calls.ts'
import { type CostStates, openCostStates } from './cost-states.ts'
import { type Files, openFiles } from './files.ts'
import { type Folders, openFolders } from './folders.ts'
import { type Labels, openLabels } from './labels.ts'
import { type Meta, openMeta } from './meta.ts'
import { openStore, type Store } from './open-store.ts'
import { openPendingCalls, type PendingCalls } from './pending-calls.ts'
import { openSessions } from './sessions.ts'
import { openSlices } from './slices.ts'

/** The new state of a file, and its stored state when reading began. */
export interface FileChange {
  readonly state: FileState
  readonly before: FileState | undefined
}

/** The open database file of the ledger. Several processes can have it open at once. */
export interface LedgerStore {
  readonly file: string
  readonly db: Store
  readonly meta: Meta
  readonly files: Files
  readonly calls: Calls
  readonly costStates: CostStates
  readonly answers: Answers
  readonly labels: Labels
  readonly pending: PendingCalls
  readonly folders: Folders
  /**
   * Writes calls, slices and file states in one transaction.
   * @throws LedgerError; then nothing is written
   */
  write(files: readonly FileChange[], batch: CallBatch, now: number): WriteCounts
  /** Gives calls of which several sessions have copies to the one that made them. */
  settleCopies(): void
  /** Removes the states of deleted transcripts; their calls stay. */
  forget(paths: readonly string[]): void
  /** Ensures that slices are cut at these thresholds, and rebuilds them if necessary. @returns all thresholds, ascending */
  ensureThresholds(required: readonly number[]): readonly number[]
  /** Runs `work` in a write transaction. @throws LedgerError */
  transact<T>(work: () => T): T
  /** Runs `work`, which only reads. @throws LedgerError, and the errors of `work` */
  read<T>(work: () => T): T
  close(): void
}

/** @throws LedgerError */
export function openLedgerStore(dataDir: string): LedgerStore {
  const file = path.join(dataDir, 'ledger.db')
  const db = openStore(file)
  const meta = openMeta(db)
  const files = openFiles(db)
  // Statements are prepared on first use, so that a run without new data prepares none of these.
  const labels = lazy(() => openLabels(db))
  const answers = lazy(() => openAnswers(db, meta))
  const sessions = lazy(() => openSessions(db))
  const calls = lazy(() => openCalls(db, labels(), sessions(), answers()))
  const slices = lazy(() => openSlices(db))
  const costStates = lazy(() => openCostStates(db))
  const pending = lazy(() => openPendingCalls(db, meta))
  const folders = lazy(() => openFolders(db))
  return {
    file,
    db,
    meta,
    files,
    get calls() {
      return calls()
    },
    get costStates() {
      return costStates()
    },
    get answers() {
      return answers()
    },
    get labels() {
      return labels()
    },
    get pending() {
      return pending()
    },
    get folders() {
      return folders()
    },
    write,
    settleCopies,
    forget,
    ensureThresholds,
    transact,
    read,
    close: () => void db.close(),
  }

  function transact<T>(work: () => T): T {
    try {
      return read(() => db.transaction(work).immediate())
    } catch (error) {
      labels().clearCache()
      throw error
    }
  }

  function read<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw isStoreError(error) ? toLedgerError(error, file) : error
    }
  }

  function thresholds(): readonly number[] {
    const text = meta.get('thresholds')
    return text === undefined ? defaultPriceTable().thresholds : (JSON.parse(text) as number[])
  }

  function write(changed: readonly FileChange[], batch: CallBatch, now: number): WriteCounts {
    return transact(() => {
      const changes = slices().changes(thresholds())
      pending().reload()
      const counts = calls().write(batch, changes, pending())
      costStates().write(batch)
      answers().write(batch)
      for (const { state, before } of changed) {
        // A state that another process has changed meanwhile stays: calls merge to the same result in any order, and an
        // offset that is behind only means that a part is read again.
        if (files.get(state.path)?.offset === before?.offset) files.put(state)
        sessions().addFile(state.path, state.born)
      }
      changes.write()
      meta.set('last_read', String(now))
      if (meta.get('thresholds') === undefined) meta.set('thresholds', JSON.stringify(thresholds()))
      return counts
    })
  }

  function settleCopies(): void {
    transact(() => {
      const changes = slices().changes(thresholds())
      pending().reload()
      const moved = calls().moveCopies(changes, pending())
      if (moved.size === 0) return
      changes.write()
      costStates().unsettle(moved)
      answers().setDue(moved)
    })
  }

  function forget(paths: readonly string[]): void {
    transact(() => {
      for (const file of paths) files.forget(file)
    })
  }

  function ensureThresholds(required: readonly number[]): readonly number[] {
    const current = thresholds()
    const isComplete = () => meta.get('slices') !== 'incomplete'
    if (required.every((threshold) => current.includes(threshold)) && isComplete()) return current
    return transact(() => {
      const union = [...new Set([...thresholds(), ...required])].sort((a, b) => a - b)
      slices().rebuild(union)
      meta.set('thresholds', JSON.stringify(union))
      meta.set('slices', 'complete')
      return union
    })
  }
}

/** Creates a value on first use. */
function lazy<T extends object>(create: () => T): () => T {
  let value: T | undefined
  return () => {
    value ??= create()
    return value
  }
}
