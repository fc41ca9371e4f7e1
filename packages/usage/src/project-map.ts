import type { ProjectFolder } from '@signalbox/contract/project-folder'
import { folderNormalizer, foldersAbove, normalizeFolder, projectOfFolder } from './project-path.ts'

/** What a machine knows about one of its folders. */
export interface MachineFolder extends ProjectFolder {
  readonly machine: string
}

/** Several repositories that count as one project. */
export interface ProjectGroup {
  readonly name: string
  /** Ids of projects, the last parts of ids, or folders; `*` stands for any part of a name. */
  readonly projects: readonly string[]
}

/** Which project a folder belongs to. Folders that no machine has looked at follow from their paths. */
export interface ProjectMap {
  /** Whether the same folder is of another project on another machine; without that, the machine is not asked for. */
  readonly needsMachine: boolean
  /** The id of the project, or the name of its group. The empty text has none. */
  projectOf(machine: string, folder: string): string
  /** The ids that a folder has, on whichever machine. */
  projectsAt(folder: string): readonly string[]
}

/** Whether the calls of a folder are meant. */
export type FolderTest = (machine: string, folder: string) => boolean

/**
 * Tests folders by their project and by how they are written.
 * @param ids of projects
 * @returns undefined without any filter
 */
export function testFolders(
  projects: ProjectMap | undefined,
  ids: string | readonly string[] | undefined,
  folders: string | readonly string[] | undefined,
): FolderTest | undefined {
  const meant = ids === undefined || projects === undefined ? undefined : new Set([ids].flat())
  const inProjects: FolderTest | undefined = meant && ((machine, folder) => meant.has(projects!.projectOf(machine, folder)))
  if (folders === undefined) return inProjects
  const normalize = folderNormalizer()
  const paths = new Set([folders].flat().map(normalize))
  return (machine, folder) => paths.has(normalize(folder)) && inProjects?.(machine, folder) !== false
}

/** The project of a folder; where machines differ, of each. */
type Answer = string | ReadonlyMap<string, string>

export function createProjectMap(known: Iterable<MachineFolder>, groups: readonly ProjectGroup[] = []): ProjectMap {
  const folders = [...known]
  const groupOf = grouping(folders, groups)
  const answers = new Map<string, Answer>()
  for (const [folder, ofFolder] of Map.groupBy(folders, ({ folder }) => folder)) answers.set(folder, answerOf(ofFolder, groupOf))
  const roots = new Map<string, string>()
  for (const [root, ofRoot] of Map.groupBy(folders, ({ root }) => root)) {
    const ids = new Set(ofRoot.flatMap(({ seen, project }) => (seen === 'git' ? [project] : [])))
    if (ids.size === 1) roots.set(root, [...ids][0]!)
  }
  const byPath = new Map<string, string>()
  const projectByPath = (folder: string): string => {
    let project = byPath.get(folder)
    if (project === undefined) {
      project = groupOf(idByPath(folder, roots))
      byPath.set(folder, project)
    }
    return project
  }
  const projectOf = (machine: string, folder: string): string => {
    const answer = answers.get(folder)
    if (answer === undefined) return projectByPath(folder)
    return typeof answer === 'string' ? answer : (answer.get(machine) ?? projectByPath(folder))
  }
  const projectsAt = (folder: string): readonly string[] => {
    const answer = answers.get(folder)
    if (answer === undefined) return [projectByPath(folder)]
    return typeof answer === 'string' ? [answer] : [...answer.values()]
  }
  return { needsMachine: [...answers.values()].some((answer) => typeof answer !== 'string'), projectOf, projectsAt }
}

/** The project of a folder by its path alone: its worktree's repository, the repository around it, or itself. */
function idByPath(folder: string, roots: ReadonlyMap<string, string>): string {
  const top = projectOfFolder(folder)
  for (const above of [top, ...foldersAbove(top)]) {
    const project = roots.get(above)
    if (project !== undefined) return project
  }
  return top
}

/** What was seen on a disk wins over what follows from paths: a machine may have the transcripts of another one. */
function answerOf(known: readonly MachineFolder[], groupOf: (id: string) => string): Answer {
  const seen = known.filter(({ seen }) => seen === 'git')
  const best = seen.length > 0 ? seen : known
  const projects = new Set(best.map(({ project }) => groupOf(project)))
  if (projects.size === 1) return [...projects][0]!
  return new Map([...known, ...best].map(({ machine, project }) => [machine, groupOf(project)]))
}

function grouping(folders: readonly MachineFolder[], groups: readonly ProjectGroup[]): (id: string) => string {
  if (groups.length === 0) return (id) => id
  const tests = groups.map(({ name, projects }) => ({ name, tests: projects.map(nameTest) }))
  const roots = new Map<string, Set<string>>()
  for (const { project, root } of folders) roots.set(project, (roots.get(project) ?? new Set()).add(root))
  const names = new Map<string, string>()
  return (id) => {
    let name = names.get(id)
    if (name === undefined) {
      const called = [id, ...(roots.get(id) ?? [])]
      name = tests.find(({ tests }) => tests.some((test) => called.some(test)))?.name ?? id
      names.set(id, name)
    }
    return name
  }
}

/** Tests whether an id ends with these parts, where `*` stands for any text; an absolute path has to be the whole id. */
function nameTest(word: string): (id: string) => boolean {
  const path = normalizeFolder(word)
  const text = path
    .split(/[\\/]+/)
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^\\\\/]*'))
    .join('[\\\\/]')
  const pattern = new RegExp(`${isAbsolute(path) ? '^' : '(?:^|[\\\\/])'}${text}$`, 'i')
  return (id) => pattern.test(id)
}

function isAbsolute(path: string): boolean {
  return /^(?:\/|[A-Z]:\\|\\\\)/.test(path)
}
