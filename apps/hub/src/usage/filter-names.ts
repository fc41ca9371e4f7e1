import type { UsageQuery } from '@signalbox/contract/usage'
import type { UsageFilters } from '@signalbox/contract/usage-filter'
import { type FoundNames, findNames, type NamedField, shownName } from '@signalbox/usage/find-names'
import { findFolders, findProjects, type UsedFolder } from '@signalbox/usage/find-projects'
import { OWN_AGENT } from '@signalbox/usage/name-form'
import type { PersonMap } from '@signalbox/usage/person-map'
import { createProjectMap, type ProjectMap, testFolders } from '@signalbox/usage/project-map'
import type { Slice } from '@signalbox/usage/slice'
import type { UsageFilter, UsageStore } from '../store/usage.ts'
import type { ProjectMaps } from './project-maps.ts'
import { type AskedPersons, filterOf } from './report.ts'

export interface FoundFilter {
  readonly filter: UsageFilter
  /** What the filters stand for that calls do not have as they were written; undefined where all are. */
  readonly meanings: UsageFilters | undefined
  /** Which project each folder belongs to; undefined for a report in which no project is named. */
  readonly projects: ProjectMap | undefined
  /** Undefined for a report in which no person is named. */
  readonly persons: AskedPersons | undefined
}

type FilterField = keyof UsageFilters & keyof UsageQuery

/** The filters of a query whose names may be written in short, besides projects and folders. */
const fields = {
  model: 'model',
  session_id: 'session',
  branch: 'branch',
  machine_id: 'machine',
  agent: 'agent',
} as const satisfies Partial<Record<FilterField, NamedField & keyof UsageFilter>>
type Field = (typeof fields)[keyof typeof fields]

/** Where no machine has looked, paths decide. */
const noProjects = createProjectMap([])
/** An id of a session that is written in full can be no other one's beginning. */
const FULL_SESSION_ID_LENGTH = 36
/** Names that were found to be exact are remembered: a client asks for the same ones again and again. */
const MAX_EXACT_NAMES = 10_000

/**
 * Finds the names that the filters of a query stand for. A name that calls have is always itself. Another text stands for the names
 * that `findNames` finds; where that is none, or not clear, it selects no call, and the nearest names are in the answer.
 */
export class FilterNames {
  readonly #store: UsageStore
  readonly #projects: ProjectMaps
  readonly #timezone: string
  readonly #exact = new Set<string>()
  /** All names of a field at a revision of the store. */
  readonly #known = new Map<Field, { readonly revision: number; readonly names: readonly string[] }>()
  /** The folders of calls at a revision of the store. */
  #used: { readonly revision: number; readonly folders: readonly UsedFolder[] } | undefined

  /** @param timezone of most reports, whose days the store has added up already */
  constructor(store: UsageStore, projects: ProjectMaps, timezone: string) {
    this.#store = store
    this.#projects = projects
    this.#timezone = timezone
  }

  /** @param people undefined for a report in which no person is named */
  async find(query: UsageQuery, now: number, people?: PersonMap): Promise<FoundFilter> {
    const projects = await this.#projects.of(query)
    const filter = { ...filterOf({ ...query, project: undefined, folder: undefined }, projects ?? noProjects) }
    const meanings: UsageFilters = {}
    for (const [field, name] of Object.entries(fields) as [keyof typeof fields, (typeof fields)[keyof typeof fields]][]) {
      const asked = query[field]
      if (asked === undefined || (await this.#isExact(name, asked))) continue
      const { kind, names, nearest } = findNames(name, asked, await this.#names(name, now))
      if (kind === 'exact') continue
      if (names.length > 0) filter[name] = names.length === 1 ? names[0] : names
      meanings[field] = {
        asked,
        names: names.map((found) => shownName(name, found)),
        ...(nearest.length === 0 ? {} : { nearest: [...nearest] }),
      }
    }
    filter.folders = testFolders(
      projects,
      await this.#findFolders('project', query, meanings, projects, now),
      await this.#findFolders('folder', query, meanings, projects, now),
    )
    const persons = people && { map: people, only: findPeople(query, meanings, people) }
    return { filter, meanings: Object.keys(meanings).length === 0 ? undefined : meanings, projects, persons }
  }

  /** @returns the names that a filter stands for; undefined without one */
  async #findFolders(
    field: 'project' | 'folder',
    query: UsageQuery,
    meanings: UsageFilters,
    projects: ProjectMap | undefined,
    now: number,
  ): Promise<readonly string[] | undefined> {
    const asked = query[field]
    if (asked === undefined || asked === '') return asked === undefined ? undefined : ['']
    const used = await this.#folders(projects?.needsMachine === true, now)
    const folders = used.map(({ folder }) => folder)
    const found: FoundNames = field === 'project' ? findProjects(asked, projects ?? noProjects, used) : findFolders(asked, folders)
    const { kind, names, nearest } = found
    if (kind !== 'exact') meanings[field] = { asked, names: [...names], ...(nearest.length === 0 ? {} : { nearest: [...nearest] }) }
    return names
  }

  /** The folders of calls, those of the newest first. */
  async #folders(withMachine: boolean, now: number): Promise<readonly UsedFolder[]> {
    const { revision } = await this.#store.state()
    if (this.#used?.revision === revision) return this.#used.folders
    const slices = await this.#store.slices({
      filter: {},
      keep: withMachine ? ['machine', 'project'] : ['project'],
      daysOf: withMachine ? undefined : this.#timezone,
      now,
    })
    const folders = new Map<string, UsedFolder>()
    for (let index = slices.length - 1; index >= 0; index--) {
      const { machine, project: folder } = slices[index]!
      const key = JSON.stringify([machine, folder])
      if (!folders.has(key)) folders.set(key, { machine, folder })
    }
    this.#used = { revision, folders: [...folders.values()] }
    return this.#used.folders
  }

  async #isExact(name: Field, asked: string): Promise<boolean> {
    if (asked === '' || (name === 'session' && asked.length >= FULL_SESSION_ID_LENGTH) || (name === 'agent' && asked === OWN_AGENT))
      return true
    const key = `${name} ${asked}`
    if (this.#exact.has(key)) return true
    if ((await this.#store.lastCallAt({ [name]: asked })) === undefined) return false
    if (this.#exact.size >= MAX_EXACT_NAMES) this.#exact.clear()
    this.#exact.add(key)
    return true
  }

  async #names(name: Field, now: number): Promise<readonly string[]> {
    const { revision } = await this.#store.state()
    const cached = this.#known.get(name)
    if (cached?.revision === revision) return cached.names
    const slices = await this.#store.slices({
      filter: {},
      keep: name === 'model' || name === 'agent' ? [] : [name],
      daysOf: name === 'session' ? undefined : this.#timezone,
      now,
    })
    const names = namesOf(name, slices)
    this.#known.set(name, { revision, names })
    return names
  }
}

/** @returns the people that a filter stands for; undefined without one */
function findPeople({ person: asked }: UsageQuery, meanings: UsageFilters, { people }: PersonMap): readonly string[] | undefined {
  if (asked === undefined || asked === '') return asked === undefined ? undefined : ['']
  const { kind, names, nearest } = findNames('person', asked, people)
  if (kind !== 'exact') meanings.person = { asked, names: [...names], ...(nearest.length === 0 ? {} : { nearest: [...nearest] }) }
  return names
}

/** The names of slices, those of the newest first. */
function namesOf(name: Field, slices: readonly Slice[]): string[] {
  const names = new Set<string>()
  for (let index = slices.length - 1; index >= 0; index--) names.add(slices[index]![name])
  return [...names]
}
