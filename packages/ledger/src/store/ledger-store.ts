import path from 'node:path'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import type { FileState } from '../file-state.ts'
import { isStoreError, ledgerErrorOf } from '../ledger-error.ts'
import type { CallBatch } from '../scan/call-batch.ts'
import { type Calls, openCalls, type Written } from './calls.ts'
import { type Files, openFiles } from './files.ts'
import { openLabels } from './labels.ts'
import { type Meta, openMeta } from './meta.ts'
import { openStore, type Store } from './open-store.ts'
import { openPendingCalls, type PendingCalls } from './pending-calls.ts'
import { openSlices } from './slices.ts'

/** A new cursor, and what was remembered of the file when reading began. */
export interface FileChange {
  readonly state: FileState
  readonly was: FileState | undefined
}

/** The ledger's file with what its rooms share. Several processes may have it open at once. */
export interface LedgerStore {
  readonly file: string
  readonly db: Store
  readonly meta: Meta
  readonly files: Files
  readonly calls: Calls
  readonly pending: PendingCalls
  /**
   * Puts in what was read: calls, roll-ups and cursors in one transaction.
   * @throws LedgerError; then nothing of it is written
   */
  write(files: readonly FileChange[], batch: CallBatch, now: number): Written
  /** Transcripts that are gone; their calls stay. */
  forget(paths: readonly string[]): void
  /** Thresholds at which roll-ups are cut, ascending; when some of `wanted` are not among them, roll-ups are made anew. */
  cutAt(wanted: readonly number[]): readonly number[]
  /** Runs `work` as one transaction that writes. @throws LedgerError */
  transact<T>(work: () => T): T
  /** Runs `work`, which only reads. @throws LedgerError, and what `work` throws of its own */
  ask<T>(work: () => T): T
  close(): void
}

/** @throws LedgerError */
export function openLedgerStore(dataDir: string): LedgerStore {
  const file = path.join(dataDir, 'ledger.db')
  const db = openStore(file)
  const meta = openMeta(db)
  const files = openFiles(db)
  // A run that finds nothing new prepares no statement for it.
  const labels = once(() => openLabels(db))
  const calls = once(() => openCalls(db, labels()))
  const slices = once(() => openSlices(db))
  const pending = once(() => openPendingCalls(db, meta))
  return {
    file,
    db,
    meta,
    files,
    get calls() {
      return calls()
    },
    get pending() {
      return pending()
    },
    write,
    forget,
    cutAt,
    transact,
    ask,
    close: () => void db.close(),
  }

  function transact<T>(work: () => T): T {
    try {
      return ask(() => db.transaction(work).immediate())
    } catch (error) {
      labels().forget()
      throw error
    }
  }

  function ask<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw isStoreError(error) ? ledgerErrorOf(error, file) : error
    }
  }

  function thresholds(): readonly number[] {
    const text = meta.get('thresholds')
    return text === undefined ? defaultPriceTable().thresholds : (JSON.parse(text) as number[])
  }

  function write(changed: readonly FileChange[], batch: CallBatch, now: number): Written {
    return transact(() => {
      const changes = slices().changes(thresholds())
      pending().look()
      const written = calls().write(batch, changes, pending())
      for (const { state, was } of changed) {
        // Where another process has moved the cursor in between, its word stands: calls come to the same in any order,
        // and a cursor that is behind only means that a part is read again.
        if (files.get(state.path)?.offset === was?.offset) files.put(state)
      }
      changes.write()
      meta.set('last_read', String(now))
      if (meta.get('thresholds') === undefined) meta.set('thresholds', JSON.stringify(thresholds()))
      return written
    })
  }

  function forget(paths: readonly string[]): void {
    transact(() => {
      for (const place of paths) files.forget(place)
    })
  }

  function cutAt(wanted: readonly number[]): readonly number[] {
    const enough = (cuts: readonly number[]) => wanted.every((threshold) => cuts.includes(threshold))
    const cuts = thresholds()
    if (enough(cuts)) return cuts
    return transact(() => {
      const union = [...new Set([...thresholds(), ...wanted])].sort((a, b) => a - b)
      slices().rebuild(union)
      meta.set('thresholds', JSON.stringify(union))
      return union
    })
  }
}

/** Makes it when it is asked for first. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
