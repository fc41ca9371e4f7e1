import { isSharedFolder, normalizeFolder, projectOfFolder } from '@signalbox/usage/project-path'

/** A folder that is open in the window. */
export interface WorkspaceFolder {
  readonly path: string
  readonly name: string
  /** The setting `stateTracking.projectId` of this folder; empty without one. */
  readonly projectId: string
}

/**
 * Whether a project is one that is open in the window: by the id that the settings name, else by its folder (the folder itself, one
 * in it, its repository, a worktree), else by its name.
 */
export function isOfWorkspace(projectId: string, folders: readonly WorkspaceFolder[]): boolean {
  return folders.some((folder) => (folder.projectId === '' ? isOfFolder(projectId, folder) : projectId === folder.projectId))
}

function isOfFolder(projectId: string, { path, name }: WorkspaceFolder): boolean {
  if (!isAbsolute(projectId)) return projectId === name || projectId.endsWith(`/${name}`)
  const [project, open] = [projectOfFolder(projectId), projectOfFolder(path)]
  if (isSame(project, open)) return true
  // A home folder is not one project, and neither are all folders in it.
  return (!isSharedFolder(open) && isInside(project, open)) || (!isSharedFolder(project) && isInside(open, project))
}

function isAbsolute(path: string): boolean {
  return /^(?:[\\/]|[a-z]:[\\/])/i.test(path)
}

const isWindows = (path: string) => /^[A-Z]:\\|^\\\\/.test(path)

function isSame(one: string, other: string): boolean {
  return one === other || (isWindows(one) && one.toLowerCase() === other.toLowerCase())
}

function isInside(inner: string, outer: string): boolean {
  const [a, b] = [normalizeFolder(inner), normalizeFolder(outer)]
  const separator = isWindows(b) ? '\\' : '/'
  const start = b.endsWith(separator) ? b : `${b}${separator}`
  return isWindows(b) ? a.toLowerCase().startsWith(start.toLowerCase()) : a.startsWith(start)
}
