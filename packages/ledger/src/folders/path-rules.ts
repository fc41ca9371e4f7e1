import { foldersAbove, isSharedFolder, normalizeFolder, worktreeOwner } from '@signalbox/usage/project-path'

/** A folder of calls, with what the calls say about it. */
export interface UsedFolder {
  readonly folder: string
  /** Of a call in it. */
  readonly session: string
  /** Whether Claude Code found a branch there. */
  readonly has_branch: number
}

/**
 * The folder of the repository for each folder, where none can be seen on the disk: it is gone, or was on another machine.
 * - A worktree is a part of the repository that it lies in.
 * - Where Claude Code found a branch there is a repository, and what lies below belongs to it.
 * - Without a branch, a folder belongs to the one above it in which the same session worked.
 * What is true of a folder does not depend on the order in which the folders became known.
 * @param roots the repositories that were seen on the disk
 * @param homes the user's home folder in its spellings, normalized: what lies in it is not one project
 */
export function rootsByPath(used: Iterable<UsedFolder>, roots: ReadonlySet<string>, homes?: ReadonlySet<string>): Map<string, string> {
  const repositories = new Set(roots)
  const folders = new Set<string>()
  const sessions = new Map<string, Set<string>>()
  for (const { folder, session, has_branch } of used) {
    folders.add(folder)
    const path = normalizeFolder(folder)
    const owner = worktreeOwner(path, homes)
    if (owner !== undefined) repositories.add(owner)
    // The branch of a worktree is one of its owner.
    else if (has_branch === 1 && !isSharedFolder(path, homes)) repositories.add(path)
    const ofPath = sessions.get(path) ?? new Set()
    sessions.set(path, session === '' ? ofPath : ofPath.add(session))
  }
  return new Map([...folders].map((folder) => [folder, rootOf(normalizeFolder(folder))]))

  function rootOf(path: string): string {
    const top = worktreeOwner(path, homes) ?? path
    const above = [...foldersAbove(top)].filter((one) => !isSharedFolder(one, homes))
    // What was seen is exact: a repository inside of another one is one of its own.
    const seen = [top, ...above].find((one) => roots.has(one))
    if (seen !== undefined) return seen
    const repository = above.findLast((one) => repositories.has(one))
    if (repository !== undefined) return repository
    if (repositories.has(top)) return top
    const own = [...sessions.get(path)!]
    return above.findLast((one) => own.some((session) => sessions.get(one)?.has(session))) ?? top
  }
}
