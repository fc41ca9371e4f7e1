import { existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import path from 'node:path'

export interface FolderWatch {
  /** Looks again which folders there are; called now and then, for what no event told of. */
  check(): void
  /** False when the system would not watch everything: then looking is all there is. */
  complete(): boolean
  close(): void
}

/** Here one watch sees the whole tree; elsewhere each folder needs its own. */
const seesWholeTree = process.platform === 'darwin' || process.platform === 'win32'

/**
 * Watches folders with all that is below them, also those that come later.
 * A change is told with the folder it happened in. Events are hints: they come twice, late, or never.
 *
 * Not `recursive: true` on Linux: Node does it there with a watch and a stat for every single file.
 */
export function watchFolders(roots: readonly string[], changed: (folder: string) => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>()
  let refused = false
  let started = false

  const forget = (folder: string) => {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }
  const forgetBelow = (top: string) => {
    for (const folder of watchers.keys()) if (folder === top || folder.startsWith(top + path.sep)) forget(folder)
  }

  const add = (folder: string): void => {
    if (watchers.has(folder)) return
    try {
      const watcher = watch(folder, { recursive: seesWholeTree, persistent: false }, (event, name) => heard(folder, event, name))
      watcher.on('error', () => forget(folder))
      watchers.set(folder, watcher)
      // What was written into a new folder before it was watched is told here.
      if (started) changed(folder)
    } catch (error) {
      // No watches left to give, or none for us.
      if (['ENOSPC', 'EMFILE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) refused = true
    }
  }

  const addBelow = (top: string) => {
    const waiting = [top]
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      add(folder)
      if (seesWholeTree) return
      for (const entry of entriesOf(folder)) if (entry.isDirectory()) waiting.push(path.join(folder, entry.name))
    }
  }

  const heard = (folder: string, event: string, name: string | null) => {
    if (seesWholeTree) return changed(name === null ? folder : path.dirname(path.join(folder, name)))
    if (name === null || name.endsWith('.jsonl')) return changed(folder)
    if (event !== 'rename') return
    // Something came, went or changed its name. A folder under an old name may be another one, so its watch is made anew.
    const place = path.join(folder, name)
    forgetBelow(place)
    if (isFolder(place)) addBelow(place)
  }

  const check = () => {
    refused = false
    for (const folder of watchers.keys()) if (!existsSync(folder)) forget(folder)
    for (const root of roots) addBelow(root)
  }

  check()
  started = true
  return {
    check,
    complete: () => !refused,
    close: () => {
      for (const folder of [...watchers.keys()]) forget(folder)
    },
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function isFolder(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() === true
}
