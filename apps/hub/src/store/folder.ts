import type { ProjectFolder } from '@signalbox/contract/project-folder'
import type { MachineFolder } from '@signalbox/usage/project-map'
import type { Change } from './change.ts'

/** Which project each folder of a machine belongs to. Reports ask for it when they are made, so calls keep their folder. */
export interface FolderStore {
  /** Stores what a machine knows of its folders; what it said of the same folders before is replaced. */
  put(machine: string, folders: readonly ProjectFolder[], change: Change): Promise<void>
  /** In no order. */
  all(): Promise<MachineFolder[]>
  /** Grows with every change, so that callers can keep what they have read. A change of folders is one of usage reports too. */
  revision(): Promise<number>
  /** Removes those of a machine, or a folder of every machine. */
  remove(selection: FolderSelection, change: Change): Promise<void>
  /** Makes the folders of one machine those of another, which keeps what it has said itself. */
  move(from: string, to: string, change: Change): Promise<void>
}

export type FolderSelection = { readonly machine: string } | { readonly folder: string }
