/** 1: failed. 2: invalid command line. 126, 127: a program that was to be run could not be, or was not found, as in a shell. */
export type FailureCode = 1 | 2 | 126 | 127

/** An error that the user can act on: one line, a suggestion, and an exit code. */
export class Failure extends Error {
  readonly suggestion: string | undefined
  readonly exitCode: FailureCode

  constructor(message: string, suggestion?: string, exitCode: FailureCode = 1) {
    super(message)
    this.name = 'Failure'
    this.suggestion = suggestion
    this.exitCode = exitCode
  }
}

/** Ctrl-C ended the command; there is nothing to report. */
export class Interrupted extends Error {}

/** A Failure of the command line itself. */
export function usageError(message: string, suggestion?: string): Failure {
  return new Failure(message, suggestion, 2)
}
