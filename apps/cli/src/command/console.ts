import type { Command } from 'commander'
import { runApp } from '../child/run-app.ts'
import { misuse } from '../failure.ts'
import { type ConfirmOptions, confirm, mayAsk } from '../hub/confirm.ts'

interface Options extends ConfirmOptions {
  readonly json?: true
  readonly verbose?: true
  readonly undo?: true
}

/** The file is named for the command; the name `console` is taken in the language. */
export function consoleCommand(command: Command): void {
  command.addHelpText(
    'after',
    `
The usage page is read in a browser profile of its own, DATA_DIR/browser, in which you sign in once by hand. The collector
then reads it every five minutes. docs/limits.md says what is read, and what can go wrong.

Examples:
  signalbox console login           on a desktop; the browser closes by itself when the page shows the limits
  signalbox console once --json     one reading now
  signalbox console status`,
  )
  command
    .command('login')
    .description('open a visible browser, to sign in; it closes by itself when the page shows its limits')
    .option('--json', 'print the outcome for a program')
    .option('--verbose', 'tell each step on stderr')
    .action(run('login'))
  command
    .command('once')
    .description('read the page now, and print the reading')
    .option('--json', 'print it over several lines, and an error for a program')
    .option('--verbose', 'tell the age of the profile, each step and each retry on stderr')
    .action(run('once'))
  command
    .command('status')
    .description('how old the profile is, what was read last, and what comes next')
    .option('--json', 'print it for a program')
    .action(run('status'))
  command
    .command('reset')
    .description('take the profile away, to sign in afresh; it is kept until the next reset')
    .option('--yes', 'do not ask')
    .option('--undo', 'bring back the profile that was taken away last')
    .option('--json', 'print the outcome for a program')
    .action(async (options: Options) => {
      if (!options.undo) {
        if (!options.yes && !mayAsk())
          throw misuse('you would have to sign in again, and nobody is here to ask.', 'Say --yes when you mean it.')
        await confirm('Take the browser profile away? You will have to sign in again.', options)
      }
      await run('reset')(options)
    })
}

const run = (name: string) => async (options: Options) => {
  const flags = (['json', 'verbose', 'undo'] as const).filter((flag) => options[flag]).map((flag) => `--${flag}`)
  process.exitCode = await runApp('console', [name, ...flags])
}
