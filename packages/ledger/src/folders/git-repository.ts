import path from 'node:path'
import { repositoryId } from '@signalbox/usage/repository-id'

/** A repository, found by its files alone: git is never run, so that no hook, no lock and no other program has a part in it. */
export interface Repository {
  /** The folder of the repository; for all of its worktrees the same one. */
  readonly root: string
  /** The host and path of its remote, such as `github.com/acme/shop`; undefined without one. */
  readonly id: string | undefined
  /** Whether its configuration could be read; otherwise it may have a remote. */
  readonly isRead: boolean
}

export interface RepositoryFinder {
  /** The repository around a folder, whether the folder is there or not; undefined without one. Errors of the disk are none. */
  find(folder: string): Promise<Repository | undefined>
  /** Whether a folder is there. */
  exists(folder: string): Promise<boolean>
}

/** The access to the disk, for tests of disks that do not answer. */
export interface FileAccess {
  readonly readFile: (file: string) => Promise<string>
  readonly isFolder: (file: string) => Promise<boolean>
}

type ReadOutcome = { readonly text: string } | { readonly error: 'missing' | 'folder' | 'unreadable' }

/** Remembers what it has found: folders of one repository share most of the way. */
export function repositoryFinder(files: FileAccess = systemFiles()): RepositoryFinder {
  const found = new Map<string, Promise<Repository | undefined>>()

  const find = (folder: string): Promise<Repository | undefined> => {
    let repository = found.get(folder)
    if (repository === undefined) {
      repository = look(folder)
      found.set(folder, repository)
    }
    return repository
  }
  const look = async (folder: string): Promise<Repository | undefined> => {
    const own = await repositoryAt(folder)
    if (own !== undefined) return own
    const above = path.dirname(folder)
    return above === folder ? undefined : find(above)
  }

  const repositoryAt = async (folder: string): Promise<Repository | undefined> => {
    const git = path.join(folder, '.git')
    const entry = await read(git)
    if ('text' in entry) {
      const pointer = /^gitdir:\s*(.+?)\s*$/m.exec(entry.text)?.[1]
      if (pointer === undefined) return undefined
      return linkedRepository(folder, path.resolve(folder, pointer))
    }
    if (entry.error !== 'folder') return undefined
    const config = await read(path.join(git, 'config'))
    if ('text' in config) return { root: folder, id: remoteIn(config.text), isRead: true }
    // An empty folder `.git`, as tools leave it behind, is no repository.
    const head = await read(path.join(git, 'HEAD'))
    return config.error === 'missing' && 'error' in head ? undefined : { root: folder, id: undefined, isRead: false }
  }

  /** The repository that a file `.git` points to: that of a worktree, a submodule, or one whose data lies elsewhere. */
  const linkedRepository = async (folder: string, gitFolder: string): Promise<Repository> => {
    const common = await commonFolderOf(gitFolder)
    if (common === undefined) return { root: folder, ...(await remoteOf(gitFolder)) }
    const name = path.basename(common)
    const root = name === '.git' || name === '.bare' ? path.dirname(common) : common.replace(/\.git$/i, '')
    return { root, ...(await remoteOf(common)) }
  }

  /** Where the data of a worktree's repository is; undefined for what is no worktree. */
  const commonFolderOf = async (gitFolder: string): Promise<string | undefined> => {
    const pointer = await read(path.join(gitFolder, 'commondir'))
    if ('text' in pointer) return path.resolve(gitFolder, pointer.text.trim())
    // A worktree that git has pruned still says where it was made.
    const parent = path.dirname(gitFolder)
    return path.basename(parent) === 'worktrees' ? path.dirname(parent) : undefined
  }

  const remoteOf = async (gitFolder: string): Promise<Pick<Repository, 'id' | 'isRead'>> => {
    const config = await read(path.join(gitFolder, 'config'))
    return 'text' in config ? { id: remoteIn(config.text), isRead: true } : { id: undefined, isRead: false }
  }

  const read = async (file: string): Promise<ReadOutcome> => {
    try {
      return { text: await files.readFile(file) }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      return { error: code === 'EISDIR' ? 'folder' : code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable' }
    }
  }

  return { find, exists: files.isFolder }
}

/** The id of the remote `origin` of a configuration, else of the first remote that has one. */
function remoteIn(config: string): string | undefined {
  let remote: string | undefined
  const ids = new Map<string, string>()
  for (const line of config.split(/\r?\n/)) {
    const section = /^\s*\[\s*([^\s\]"]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line)
    if (section !== null) remote = section[1]!.toLowerCase() === 'remote' ? section[2] : undefined
    if (remote === undefined || ids.has(remote)) continue
    const url = /^\s*url\s*=\s*"?(.*?)"?\s*$/i.exec(line.slice(section?.[0].length ?? 0))?.[1]
    const id = url === undefined ? undefined : repositoryId(url)
    if (id !== undefined) ids.set(remote, id)
  }
  return ids.get('origin') ?? ids.values().next().value
}

/** More of a file is not read: these are a few lines long. */
const MAX_FILE_BYTES = 65_536

function systemFiles(): FileAccess {
  const { promises: fs, constants } = process.getBuiltinModule('node:fs')
  return {
    async readFile(file) {
      // Without waiting: a pipe of this name hangs until it has a writer.
      const handle = await fs.open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
      try {
        if (!(await handle.stat()).isFile()) throw Object.assign(new Error('is no file'), { code: 'EISDIR' })
        const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(MAX_FILE_BYTES), 0, MAX_FILE_BYTES, 0)
        return buffer.toString('utf8', 0, bytesRead)
      } finally {
        await handle.close()
      }
    },
    isFolder: async (folder) => (await fs.stat(folder).catch(() => undefined))?.isDirectory() ?? false,
  }
}
