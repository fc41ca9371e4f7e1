import type { AgentName } from '@signalbox/contract/agent'
import type { FileState } from '../file-state.ts'
import type { ScannedCalls } from './call-batch.ts'

/** A transcript to be read. */
export interface ScanTask {
  readonly path: string
  /** The source whose scanner reads it. */
  readonly source: AgentName
  /** The stored state of the file, if there is one. */
  readonly known?: FileState | undefined
}

/** The progress of a file since the former part. */
export interface FilePart {
  readonly state: FileState
  readonly bytes: number
  readonly badLines: number
  readonly isLast: boolean
}

/** Reads transcripts of one source, one file at a time. */
export interface Scanner {
  /**
   * Reads the new content of a file and merges its calls into `into`. Yields a part when a new file state is reached, the last
   * one with the whole size of the file, and undefined often in between.
   * @throws errors of the file system; parts that were yielded before remain valid
   */
  scan(task: ScanTask, into: ScannedCalls): Generator<FilePart | undefined, void>
}
