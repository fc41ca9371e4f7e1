import type { Change } from './change.ts'
import type { LimitVersionStore } from './limit-version.ts'

/** Whose snapshots are meant. */
export type SnapshotSelection = { readonly machine: string } | { readonly account: string }

/** Deletes what collectors have sent about plan limits, and moves it to another machine. */
export interface LimitRemovalStore {
  countSnapshots(selection: SnapshotSelection): Promise<number>
  /**
   * Deletes the snapshots of a machine or an account, and refuses from then on those up to this instant. The thinned series
   * goes with its account; that of an account of several machines stays, because its parts cannot be separated.
   * @returns the removed versions
   */
  deleteSnapshots(selection: SnapshotSelection, change: Change): ReturnType<LimitVersionStore['retain']>
  /** Makes the snapshots of one machine those of another. @returns how many */
  moveSnapshots(from: string, to: string, change: Change): Promise<number>
  /** Removes the collector of a machine, with its triggers. @returns whether there was one */
  removeCollector(machine: string, change: Change): Promise<boolean>
}
