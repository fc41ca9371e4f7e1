import type { FindOptions, FoundNames } from '@signalbox/usage/find-names'
import { findProjects } from '@signalbox/usage/find-projects'
import type { ProjectGroup } from '@signalbox/usage/project-map'
import { readKnownNames } from './known-names.ts'
import { readProjectMap } from './read-projects.ts'
import type { LedgerStore } from './store/ledger-store.ts'

/** Finds the projects that a text means, among those of calls. */
export function findLedgerProjects(
  store: LedgerStore,
  asked: string,
  options: FindOptions,
  groups: readonly ProjectGroup[] | undefined,
): FoundNames {
  const used = readKnownNames(store, 'folder').map((folder) => ({ machine: '', folder }))
  return findProjects(asked, readProjectMap(store, groups), used, options)
}
