import { existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import path from 'node:path'

export interface FolderWatch {
  /** Watches folders that no event has reported; called at times. */
  rescan(): void
  /** False when the system does not watch every folder; then only scans find changes. */
  isComplete(): boolean
  close(): void
}

/** On these systems one watch covers the whole tree; on others each folder needs its own. */
const watchesWholeTree = process.platform === 'darwin' || process.platform === 'win32'

/**
 * Watches folders and everything below them, including folders that are created later. Calls `changed` with the folder of
 * each change. Events are hints: they may come twice, late, or never.
 *
 * Linux does not use `recursive: true`: Node implements it there with a watch and a stat for every single file.
 */
export function watchFolders(roots: readonly string[], changed: (folder: string) => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>()
  let refused = false
  let started = false

  const unwatch = (folder: string) => {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }
  const unwatchTree = (top: string) => {
    for (const folder of watchers.keys()) if (folder === top || folder.startsWith(top + path.sep)) unwatch(folder)
  }

  const watchFolder = (folder: string): void => {
    if (watchers.has(folder)) return
    try {
      const watcher = watch(folder, { recursive: watchesWholeTree, persistent: false }, (event, name) => onEvent(folder, event, name))
      watcher.on('error', () => unwatch(folder))
      watchers.set(folder, watcher)
      // Reports what was written into a new folder before the watch began.
      if (started) changed(folder)
    } catch (error) {
      // The system has no watches left, or denies access.
      if (['ENOSPC', 'EMFILE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) refused = true
    }
  }

  const watchTree = (top: string) => {
    const remaining = [top]
    for (let folder = remaining.pop(); folder !== undefined; folder = remaining.pop()) {
      watchFolder(folder)
      if (watchesWholeTree) return
      for (const entry of listEntries(folder)) if (entry.isDirectory()) remaining.push(path.join(folder, entry.name))
    }
  }

  const onEvent = (folder: string, event: string, name: string | null) => {
    if (watchesWholeTree) return changed(name === null ? folder : path.dirname(path.join(folder, name)))
    if (name === null || name.endsWith('.jsonl')) return changed(folder)
    if (event !== 'rename') return
    // An entry was created, removed or renamed. A known name may now be another folder, so its watch is replaced.
    const entry = path.join(folder, name)
    unwatchTree(entry)
    if (isFolder(entry)) watchTree(entry)
  }

  const rescan = () => {
    refused = false
    for (const folder of watchers.keys()) if (!existsSync(folder)) unwatch(folder)
    for (const root of roots) watchTree(root)
  }

  rescan()
  started = true
  return {
    rescan,
    isComplete: () => !refused,
    close: () => {
      for (const folder of [...watchers.keys()]) unwatch(folder)
    },
  }
}

function listEntries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true
}
