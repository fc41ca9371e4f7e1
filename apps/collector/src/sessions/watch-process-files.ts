import { existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import path from 'node:path'
import { readRegularFile } from '@signalbox/hub-address/regular-file'
import { type ProcessFile, parseProcessFile } from './process-file.ts'

export interface ProcessFileObserver {
  /** A file is new or has changed. */
  changed(file: string, content: ProcessFile): void
  gone(file: string): void
}

export interface ProcessFileWatch {
  /** Looks at every file; finds what no event has reported. */
  sweep(): void
  /** Looks whether folders that did not exist are there now. */
  sweepMissing(): void
  /** False when the system does not report changes of every folder that exists. */
  isComplete(): boolean
  close(): void
}

/** When a file that could not be parsed is read again, in milliseconds: its writer was probably in the middle. */
const REREAD_DELAYS_MS = [5, 20, 80, 300]

/** Sweeps look into this many files; a folder with more of them is not one of Claude Code. */
const MAX_FILES = 5_000

const MAX_BYTES = 1_000_000

const PROCESS_FILE = /^\d+\.json$/

/** Watches the process files in `sessions/` of the configuration folders. Files and folders may come and go. */
export function watchProcessFiles(configDirs: () => readonly string[], observer: ProcessFileObserver): ProcessFileWatch {
  /** The identity of what was read last, by path. */
  const known = new Map<string, string>()
  const watchers = new Map<string, { readonly watcher: FSWatcher; readonly inode: number }>()
  const timers = new Set<NodeJS.Timeout>()
  let refused = false
  let closed = false

  const read = (file: string, attempt = 0): void => {
    if (closed) return
    let identity: string
    let content: ProcessFile | undefined
    try {
      const { ino, mtimeMs, size } = statSync(file)
      identity = `${ino} ${mtimeMs} ${size}`
      if (attempt === 0 && known.get(file) === identity) return
      content = parseProcessFile(readRegularFile(file, MAX_BYTES).text, Math.round(mtimeMs))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') forget(file)
      return
    }
    if (content !== undefined && path.basename(file) === `${content.pid}.json`) {
      known.set(file, identity)
      observer.changed(file, content)
      return
    }
    const delay = REREAD_DELAYS_MS[attempt]
    if (delay === undefined) return void known.set(file, identity)
    const timer = setTimeout(() => {
      timers.delete(timer)
      read(file, attempt + 1)
    }, delay)
    timers.add(timer)
  }

  const forget = (file: string) => {
    if (known.delete(file)) observer.gone(file)
  }

  const unwatch = (folder: string) => {
    watchers.get(folder)?.watcher.close()
    watchers.delete(folder)
  }

  const ensureWatch = (folder: string, onEvent: (name: string | null) => void): void => {
    const inode = readInode(folder)
    // The watch of a folder that was removed and created again stays with the old one.
    if (watchers.get(folder)?.inode !== inode) unwatch(folder)
    if (inode === undefined || watchers.has(folder)) return
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => onEvent(name))
      watcher.on('error', () => unwatch(folder))
      watchers.set(folder, { watcher, inode })
    } catch {
      // The system has no watches left, or denies access: only sweeps find changes.
      refused = true
    }
  }

  const sweepFolder = (folder: string) => {
    ensureWatch(folder, (name) => {
      if (name === null) sweepFolder(folder)
      else if (PROCESS_FILE.test(name)) read(path.join(folder, name))
    })
    const present = new Set(list(folder).map((name) => path.join(folder, name)))
    for (const file of present) read(file)
    for (const file of known.keys()) if (path.dirname(file) === folder && !present.has(file)) forget(file)
  }

  const sweep = () => {
    refused = false
    const folders = configDirs().map((folder) => path.join(folder, 'sessions'))
    for (const file of [...known.keys()]) if (!folders.includes(path.dirname(file))) forget(file)
    for (const folder of folders) {
      const parent = path.dirname(folder)
      // The first client creates the folder, which only a watch of its parent reports at once.
      if (existsSync(folder)) {
        unwatch(parent)
        sweepFolder(folder)
      } else {
        unwatch(folder)
        for (const file of [...known.keys()]) if (path.dirname(file) === folder) forget(file)
        ensureWatch(parent, (name) => {
          if ((name === null || name === 'sessions') && existsSync(folder)) sweepFolder(folder)
        })
      }
    }
  }

  return {
    sweep,
    sweepMissing() {
      for (const dir of configDirs()) {
        const folder = path.join(dir, 'sessions')
        if (!watchers.has(folder) && existsSync(folder)) sweepFolder(folder)
      }
    },
    isComplete: () => !refused,
    close() {
      closed = true
      for (const timer of timers) clearTimeout(timer)
      for (const folder of [...watchers.keys()]) unwatch(folder)
    },
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => PROCESS_FILE.test(name))
      .slice(0, MAX_FILES)
  } catch {
    return []
  }
}

function readInode(folder: string): number | undefined {
  try {
    return statSync(folder).ino
  } catch {
    return undefined
  }
}
