import { Failure, Interrupted, usageError } from '../failure.ts'
import type { Io } from '../io.ts'

export interface ConfirmOptions {
  readonly yes?: true
}

/**
 * @param effect a sentence without its end, such as `deleting a session cannot be undone`
 * @throws Failure when there is neither --yes nor a terminal to ask on; call it before anything is done
 */
export function requireConfirmation(io: Io, effect: string, { yes }: ConfirmOptions): void {
  if (yes || canPrompt(io)) return
  throw usageError(`${effect}, and there is no terminal to ask on.`, 'Pass --yes to confirm.')
}

/** Asks on the terminal, through stderr: stdout is for results. @throws Failure when the answer is not yes */
export async function confirm(io: Io, question: string, { yes }: ConfirmOptions): Promise<void> {
  if (yes) return
  const { createInterface } = await import('node:readline')
  const reader = createInterface({ input: io.stdin, output: io.stderr })
  const answer = await new Promise<string>((resolve, reject) => {
    reader.on('SIGINT', () => {
      io.stderr.write('\n')
      reject(new Interrupted())
      reader.close()
    })
    reader.on('close', () => resolve(''))
    reader.question(`${question} [y/N] `, resolve)
  })
  reader.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('nothing was changed.')
}

/** Whether stdin and stderr are a terminal. */
export function canPrompt({ stdin, stderr }: Io): boolean {
  return stdin.isTTY === true && stderr.isTTY === true
}
