import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import type { AgentName } from '@signalbox/contract/agent'
import { describeFileError, type Problem } from '../problem.ts'
import { sourceOf } from './sources.ts'

/** A transcript that was found, with its state at that time. */
export interface FoundTranscript {
  /** The real path, so that a folder with two names is one folder. */
  readonly path: string
  readonly source: AgentName
  readonly dev: number
  readonly ino: number
  /** Bytes. */
  readonly size: number
  /** Milliseconds since 1970, with the fraction of the file system. */
  readonly mtime: number
}

export interface FoundTranscripts {
  readonly transcripts: FoundTranscript[]
  readonly problems: Problem[]
  /** The real paths of the readable roots. */
  readonly walked: string[]
}

/**
 * Finds every transcript below the roots, of whichever source. Links are followed, and each real folder is read once, so loops of links end.
 * Unreadable files and folders are returned as problems, never thrown.
 */
export function findTranscripts(roots: readonly string[]): FoundTranscripts {
  const found: FoundTranscripts = { transcripts: [], problems: [], walked: [] }
  const visited = new Set<string>()
  for (const root of roots) {
    try {
      const real = realpathSync(root)
      if (walk(real, visited, found)) found.walked.push(real)
    } catch (error) {
      found.problems.push({ path: root, message: describeFileError(error) })
    }
  }
  return found
}

/** @returns whether the top folder could be read */
function walk(top: string, visited: Set<string>, { transcripts, problems }: FoundTranscripts): boolean {
  const queue = [top]
  let readTop = false
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    if (visited.has(folder)) {
      readTop ||= folder === top
      continue
    }
    visited.add(folder)
    let entries: Dirent[]
    try {
      entries = readdirSync(folder, { withFileTypes: true })
    } catch (error) {
      problems.push({ path: folder, message: describeFileError(error) })
      continue
    }
    readTop ||= folder === top
    for (const entry of entries) {
      const source = sourceOf(entry.name)
      const isTranscript = source !== undefined
      const entryPath = folder + path.sep + entry.name
      try {
        if (entry.isDirectory()) {
          if (isTranscript) problems.push({ path: entryPath, message: 'is a folder with the name of a transcript' })
          queue.push(entryPath)
        } else if (entry.isFile()) {
          if (isTranscript) add(entryPath, source)
        } else if (entry.isSymbolicLink()) {
          const real = realpathSync(entryPath)
          const stats = statSync(real)
          if (stats.isDirectory()) queue.push(real)
          else if (isTranscript) {
            // By its real path, a transcript that is also found without the link is read once.
            if (stats.isFile()) add(real, sourceOf(path.basename(real)) ?? source)
            else problems.push({ path: entryPath, message: 'is not a file' })
          }
        } else if (isTranscript) problems.push({ path: entryPath, message: 'is not a file' })
      } catch (error) {
        // A dead link is a problem only if it has the name of a transcript.
        if (isTranscript || !entry.isSymbolicLink()) problems.push({ path: entryPath, message: describeFileError(error) })
      }
    }
  }
  return readTop

  function add(file: string, source: AgentName): void {
    if (visited.has(file)) return
    visited.add(file)
    const { dev, ino, size, mtimeMs } = statSync(file)
    transcripts.push({ path: file, source, dev, ino, size, mtime: mtimeMs })
  }
}
