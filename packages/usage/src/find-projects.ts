import { type FindOptions, type FoundNames, findNames } from './find-names.ts'
import { isWholePath, pathInHome, plainPath } from './name-form.ts'
import type { ProjectMap } from './project-map.ts'
import { folderNormalizer, normalizeFolder } from './project-path.ts'

/** A folder that has calls. */
export interface UsedFolder {
  readonly machine: string
  readonly folder: string
}

/**
 * Finds the projects that a text means: by a folder in it, else as `findNames` finds names, among the ids of projects.
 * @param used the folders of calls, the newest first
 */
export function findProjects(asked: string, projects: ProjectMap, used: readonly UsedFolder[], options: FindOptions = {}): FoundNames {
  const ids = new Set(used.map(({ machine, folder }) => projects.projectOf(machine, folder)))
  const known = [...ids]
  if (ids.has(asked)) return { kind: 'exact', names: [asked], nearest: [] }
  const isMeant = folderRule(asked, options)
  const around = new Set(
    used.filter(({ folder }) => isMeant(plainPath(folder))).map(({ machine, folder }) => projects.projectOf(machine, folder)),
  )
  // A folder without calls, inside of a repository that has some.
  if (around.size === 0 && isWholePath(asked)) {
    for (const id of projects.projectsAt(normalizeFolder(inHome(asked, options)))) if (ids.has(id)) around.add(id)
  }
  return around.size > 0 ? { kind: 'found', names: [...around], nearest: [] } : findNames('project', asked, known, options)
}

/** Finds the folders that a text means, each written in one way. @param folders of calls, the newest first */
export function findFolders(asked: string, folders: readonly string[], options: FindOptions = {}): FoundNames {
  return findNames('project', asked, [...new Set(folders.map(folderNormalizer()))], options)
}

/** Tests whether a plain path is the folder that is asked for. */
function folderRule(asked: string, options: FindOptions): (path: string) => boolean {
  const whole = isWholePath(asked) ? [plainPath(normalizeFolder(inHome(asked, options)))] : []
  if (options.path !== undefined) whole.push(plainPath(normalizeFolder(options.path)))
  // Without a home, `~` is the one of any user.
  const anyHome = options.home === undefined && asked.startsWith('~') ? plainPath(asked) : undefined
  return (path) => path !== '' && (whole.includes(path) || (anyHome !== undefined && pathInHome(path) === anyHome))
}

function inHome(asked: string, { home }: FindOptions): string {
  return home === undefined ? asked : asked.replace(/^~(?=[/\\]|$)/, () => home)
}
