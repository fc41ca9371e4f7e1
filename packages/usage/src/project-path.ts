/** A drive of Windows, also behind the prefix of long paths. */
const drivePath = /^(?:\\\\\?\\)?([a-z]):(?:[\\/]|$)/i
/** Where Claude Code and people keep the worktrees of a repository inside of it. The first one counts: worktrees nest. */
const worktreesInside = /^(.+?)[\\/](?:\.claude[\\/]worktrees|\.worktrees)(?:[\\/]|$)/
/** Folders that hold everything of a user or a system; what lies in one of them is not one project. */
const sharedFolder =
  /^(?:\/|\/(?:home|Users|root|tmp|private\/tmp|var|opt|srv|usr|mnt|media|workspaces)|\/(?:(?:var|usr|export)\/)?home(?:\/[^/]+)?|\/Users\/[^/]+|\/mnt\/[a-z](?:\/Users(?:\/[^/]+)?)?|[A-Z]:\\(?:Users(?:\\[^\\]+)?)?)$/

/**
 * The one way in which a folder is written: without separators at the end, doubled ones and dots; with a capital drive letter and
 * backslashes on Windows. What is no absolute path, such as a hash, stays as it is.
 */
export function normalizeFolder(folder: string): string {
  const drive = drivePath.exec(folder)
  if (drive !== null) return `${drive[1]!.toUpperCase()}:\\${segmentsOf(folder.slice(drive[0].length), /[\\/]+/).join('\\')}`
  if (/^\\\\[^\\]/.test(folder)) return `\\\\${segmentsOf(folder, /[\\/]+/).join('\\')}`
  if (folder.startsWith('/')) return `/${segmentsOf(folder, /\/+/).join('/')}`
  return folder.replace(/(?<=[^\\/])[\\/]+$/, '')
}

function segmentsOf(path: string, separator: RegExp): string[] {
  const segments: string[] = []
  for (const segment of path.split(separator)) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return segments
}

/** `normalizeFolder` for many calls in few folders. */
export function folderNormalizer(): (folder: string) => string {
  const normalized = new Map<string, string>()
  return (folder) => {
    let path = normalized.get(folder)
    if (path === undefined) {
      path = normalizeFolder(folder)
      normalized.set(folder, path)
    }
    return path
  }
}

/**
 * The repository whose worktree a folder is, by its path alone.
 * @param folder normalized
 * @param homes as for `isSharedFolder`
 * @returns undefined for other folders
 */
export function worktreeOwner(folder: string, homes?: ReadonlySet<string>): string | undefined {
  const owner = worktreesInside.exec(folder)?.[1]
  return owner === undefined || isSharedFolder(owner, homes) ? undefined : owner
}

/** The project of a folder by its path alone: that whose worktree it is, or itself. */
export function projectOfFolder(folder: string): string {
  const path = normalizeFolder(folder)
  return worktreeOwner(path) ?? path
}

/**
 * Whether a folder is one that holds many projects, such as a home folder.
 * @param folder normalized
 * @param homes the user's home folder in its spellings, normalized: it can be anywhere
 */
export function isSharedFolder(folder: string, homes?: ReadonlySet<string>): boolean {
  return sharedFolder.test(folder) || homes?.has(folder) === true
}

/** The folders above a folder, the nearest first. @param folder normalized */
export function* foldersAbove(folder: string): Generator<string> {
  for (let end = lastSeparator(folder); end > 0; end = lastSeparator(folder, end - 1)) {
    const above = folder.slice(0, end)
    yield /^[A-Z]:$/.test(above) ? `${above}\\` : above
  }
}

function lastSeparator(path: string, before = path.length): number {
  return Math.max(path.lastIndexOf('/', before), path.startsWith('/') ? -1 : path.lastIndexOf('\\', before))
}
