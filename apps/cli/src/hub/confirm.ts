import { Failure, misuse } from '../failure.ts'

export interface ConfirmOptions {
  readonly yes?: true
}

/** That somebody can be asked, or has said yes already. @throws Failure when neither, before anything was done */
export function requireSomebody(what: string, { yes }: ConfirmOptions): void {
  if (yes || mayAsk()) return
  throw misuse(`${what} cannot be undone, and nobody is here to ask.`, 'Say --yes when you mean it.')
}

/** Asks on the terminal, on stderr: stdout is for the answer. @throws Failure when the answer is not yes */
export async function confirm(question: string, { yes }: ConfirmOptions): Promise<void> {
  if (yes) return
  const { createInterface } = await import('node:readline')
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  reader.on('SIGINT', () => {
    process.stderr.write('\n')
    process.exit(130)
  })
  const answer = await new Promise<string>((resolve) => {
    reader.on('close', () => resolve(''))
    reader.question(`${question} [y/N] `, resolve)
  })
  reader.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('nothing was changed.')
}

/** Whether somebody sits at a terminal. */
export function mayAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}
