/** Something a person can act on: told in one line, with what to do, and the exit code it ends in. */
export class Failure extends Error {
  readonly suggestion: string | undefined
  /** 1: it failed. 2: the command was not understood. */
  readonly exitCode: 1 | 2

  constructor(message: string, suggestion?: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.name = 'Failure'
    this.suggestion = suggestion
    this.exitCode = exitCode
  }
}

/** The command line itself was wrong. */
export function misuse(message: string, suggestion?: string): Failure {
  return new Failure(message, suggestion, 2)
}
