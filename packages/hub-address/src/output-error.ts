import { printError } from './print.ts'

type OutputName = 'stdout' | 'stderr'

/**
 * Ends a program whose output cannot be written, such as on a full disk, with a line and code 1; without a listener Node would
 * print a stack trace. A reader that closes the pipe early (`| head`) has what it wants: that is no error. Not for programs that work on without a log: those have `LogOutput`.
 * @param handle may take over: it returns whether the program goes on
 */
export function endOnOutputError(program: string, handle: (output: OutputName) => boolean = () => false): void {
  for (const output of ['stdout', 'stderr'] as const) {
    process[output].on('error', (error: NodeJS.ErrnoException) => {
      if (handle(output)) return
      if (error.code === 'EPIPE') process.exit(0)
      if (output === 'stdout') printError(`${program}: the output could not be written: ${describe(error)}.`)
      process.exit(1)
    })
  }
}

function describe({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'no space is left'
  return message
}
