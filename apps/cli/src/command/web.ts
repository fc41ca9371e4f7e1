import type { Command } from 'commander'
import { runApp } from '../child/run-app.ts'
import { usageError } from '../failure.ts'
import { type ConfirmOptions, canPrompt, confirm } from '../hub/confirm.ts'
import type { Io } from '../io.ts'

interface Options extends ConfirmOptions {
  readonly json?: true
  readonly verbose?: true
  readonly undo?: true
}

export function web(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
Sign in once, in a separate browser profile (DATA_DIR/browser). The collector then reads plan limits from Claude's usage
page every five minutes. docs/limits.md says what is read, and how to fix problems.

Examples:
  signalbox web login           on a desktop; the browser closes when the page shows the limits
  signalbox web once --json     read the page now
  signalbox web status`,
  )
  command
    .command('login')
    .description('open a browser to sign in; it closes when the page shows the limits')
    .option('--json', 'print the result as JSON')
    .option('--verbose', 'print each step on stderr')
    .action(run(io, 'login'))
  command
    .command('once')
    .description('read the page now, and print the limits')
    .option('--json', 'print indented JSON, and errors as JSON')
    .option('--verbose', 'print the age of the profile, each step and each retry on stderr')
    .action(run(io, 'once'))
  command
    .command('status')
    .description('show the age of the profile, the last read, and the next one')
    .option('--json', 'print it as JSON')
    .action(run(io, 'status'))
  command
    .command('reset')
    .description('remove the profile, to sign in again; a copy is kept until the next reset')
    .option('--yes', 'do not ask')
    .option('--undo', 'restore the profile removed last')
    .option('--json', 'print the result as JSON')
    .action(async (options: Options) => {
      if (!options.undo) {
        if (!options.yes && !canPrompt(io))
          throw usageError('you would have to sign in again, and there is no terminal to ask on.', 'Pass --yes to confirm.')
        await confirm(io, 'Remove the browser profile? You will have to sign in again.', options)
      }
      await run(io, 'reset')(options)
    })
}

const run = (io: Io, name: string) => async (options: Options) => {
  const flags = (['json', 'verbose', 'undo'] as const).filter((flag) => options[flag]).map((flag) => `--${flag}`)
  io.exitCode = await runApp(io, 'console', [name, ...flags])
}
