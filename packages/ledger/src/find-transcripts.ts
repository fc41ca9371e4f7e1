import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileProblem, type Problem } from './problem.ts'

/** A transcript as the walk saw it. */
export interface FoundTranscript {
  /** The real path: a folder reached by two names is one folder. */
  readonly path: string
  readonly dev: number
  readonly ino: number
  /** Bytes. */
  readonly size: number
  /** Milliseconds, with the fraction the file system keeps. */
  readonly mtime: number
}

export interface FoundTranscripts {
  readonly transcripts: FoundTranscript[]
  readonly problems: Problem[]
  /** Real paths of the roots that could be read. */
  readonly walked: string[]
}

/**
 * Every `*.jsonl` below the roots. Links are followed, each real folder is read once, so a loop of links ends.
 * What cannot be read is a problem, never an error.
 */
export function findTranscripts(roots: readonly string[]): FoundTranscripts {
  const found: FoundTranscripts = { transcripts: [], problems: [], walked: [] }
  const visited = new Set<string>()
  for (const root of roots) {
    try {
      const real = realpathSync(root)
      if (walk(real, visited, found)) found.walked.push(real)
    } catch (error) {
      found.problems.push({ path: root, message: fileProblem(error) })
    }
  }
  return found
}

/** @returns whether the folder could be read */
function walk(top: string, visited: Set<string>, { transcripts, problems }: FoundTranscripts): boolean {
  const waiting = [top]
  let readTop = false
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (visited.has(folder)) {
      readTop ||= folder === top
      continue
    }
    visited.add(folder)
    let entries: Dirent[]
    try {
      entries = readdirSync(folder, { withFileTypes: true })
    } catch (error) {
      problems.push({ path: folder, message: fileProblem(error) })
      continue
    }
    readTop ||= folder === top
    for (const entry of entries) {
      const isTranscript = entry.name.endsWith('.jsonl')
      const place = folder + path.sep + entry.name
      try {
        if (entry.isDirectory()) {
          if (isTranscript) problems.push({ path: place, message: 'is a folder with the name of a transcript' })
          waiting.push(place)
        } else if (entry.isFile()) {
          if (isTranscript) add(place)
        } else if (entry.isSymbolicLink()) {
          const real = realpathSync(place)
          const stats = statSync(real)
          if (stats.isDirectory()) waiting.push(real)
          else if (isTranscript) {
            // A link to a transcript that the walk meets anyway would be read for nothing.
            if (stats.isFile()) add(real)
            else problems.push({ path: place, message: 'is not a file' })
          }
        } else if (isTranscript) problems.push({ path: place, message: 'is not a file' })
      } catch (error) {
        // A dead link is nobody's transcript.
        if (isTranscript || !entry.isSymbolicLink()) problems.push({ path: place, message: fileProblem(error) })
      }
    }
  }
  return readTop

  function add(place: string): void {
    if (visited.has(place)) return
    visited.add(place)
    const { dev, ino, size, mtimeMs } = statSync(place)
    transcripts.push({ path: place, dev, ino, size, mtime: mtimeMs })
  }
}
