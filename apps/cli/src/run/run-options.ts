import type { PlannedRun } from './claude-arguments.ts'

/** The options of `signalbox run`. */
export interface RunOptions {
  readonly name?: string
  readonly project?: string
  readonly machine?: string
  readonly slot?: number
  readonly task?: string
  readonly session?: string
  readonly verbose?: true
}

/** A run whose program has been started. */
export interface StartedRun {
  readonly plan: PlannedRun
  readonly options: RunOptions
  readonly pid: number
  readonly startedAt: number
  /** Prints a line, where one is wanted. */
  readonly say: (line: string) => void
}
