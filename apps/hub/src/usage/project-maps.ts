import type { UsageQuery } from '@signalbox/contract/usage'
import { createProjectMap, type ProjectGroup, type ProjectMap } from '@signalbox/usage/project-map'
import type { FolderStore } from '../store/folder.ts'

/** Which project each folder belongs to, as the machines said last. Read again when that has changed. */
export class ProjectMaps {
  readonly #folders: FolderStore
  readonly #groups: readonly ProjectGroup[]
  #current: { readonly revision: number; readonly map: ProjectMap } | undefined

  constructor(folders: FolderStore, groups: readonly ProjectGroup[]) {
    this.#folders = folders
    this.#groups = groups
  }

  async read(): Promise<ProjectMap> {
    // Before the folders: what changes meanwhile is read by the next report.
    const revision = await this.#folders.revision()
    if (this.#current?.revision !== revision) this.#current = { revision, map: createProjectMap(await this.#folders.all(), this.#groups) }
    return this.#current.map
  }

  /** @returns undefined for a report in which no project is named */
  async of({ group, split, project }: Pick<UsageQuery, 'group' | 'split' | 'project'>): Promise<ProjectMap | undefined> {
    return group === 'project' || group === 'session' || split === 'project' || project !== undefined ? await this.read() : undefined
  }
}
