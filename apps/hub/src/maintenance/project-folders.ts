import { findProjects } from '@signalbox/usage/find-projects'
import { createProjectMap, type ProjectGroup } from '@signalbox/usage/project-map'
import { normalizeFolder } from '@signalbox/usage/project-path'
import { HubError } from '../hub-error.ts'
import type { Store } from '../store/store.ts'

/**
 * The folders of a project, with calls or reported by a machine. Unlike the filter of a report this is for deletions, so a word
 * means one thing: the id of a project or the folder of its repository, else one folder, else the last parts of one id.
 * @throws HubError `conflict` for the end of several ids, and for a folder that has another project on another machine
 */
export async function findProjectFolders(
  { usage, folders }: Pick<Store, 'usage' | 'folders'>,
  groups: readonly ProjectGroup[],
  word: string,
  now: number,
): Promise<string[]> {
  const reported = await folders.all()
  const projects = createProjectMap(reported, groups)
  const slices = await usage.slices({ filter: {}, keep: ['machine', 'project'], now })
  const used = [...reported, ...slices.map(({ machine, project }) => ({ machine, folder: project }))].map(({ machine, folder }) => ({
    machine,
    folder,
    project: projects.projectOf(machine, folder),
  }))
  const id = idOf(word)
  if (id === undefined) return [word]
  const found = new Set(used.flatMap(({ folder, project }) => (project === id ? [folder] : [])))
  const shared = used.find(({ folder, project }) => found.has(folder) && project !== id)
  if (shared === undefined) return [...found]
  throw new HubError('conflict', `The folder ${shared.folder} of ${id} belongs to ${shared.project} on another machine`, {
    suggestion: `Delete the data of one machine, or of one folder, such as project=${shared.folder}.`,
    details: { folder: shared.folder, projects: [id, shared.project] },
  })

  function idOf(name: string): string | undefined {
    if (used.some(({ project }) => project === name)) return name
    const root = normalizeFolder(name)
    const rooted = new Set(reported.flatMap((folder) => (folder.root === root ? [projects.projectOf(folder.machine, folder.folder)] : [])))
    if (rooted.size === 1) return [...rooted][0]!
    if (used.some(({ folder }) => folder === name)) return undefined
    const { kind, names, nearest } = findProjects(name, projects, used)
    if (kind !== 'ambiguous' && names.length <= 1) return names[0]
    const several = [...names, ...nearest].sort()
    throw new HubError('conflict', `Several projects are called ${name}`, {
      suggestion: `Give the id of one: ${several.slice(0, 5).join(', ')}.`,
      details: { projects: several },
    })
  }
}
