import { createProjectMap, type ProjectGroup, type ProjectMap } from '@signalbox/usage/project-map'
import type { LedgerStore } from './store/ledger-store.ts'

/** Which project each folder of this machine belongs to. */
export function readProjectMap(store: LedgerStore, groups: readonly ProjectGroup[] | undefined): ProjectMap {
  return createProjectMap(
    store.folders.all().map((folder) => ({ ...folder, machine: '' })),
    groups,
  )
}
