import type { Command } from 'commander'
import { usageError } from '../failure.ts'
import { answerOptions } from '../hub/option.ts'
import type { HubOptions } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

export function accounts(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
An account is known with the first snapshot of its plan limits. One that no machine has used for a week, or that another
one has replaced on all its machines, is a former one.

Examples:
  signalbox accounts list
  signalbox accounts name 0f6b8a52 Anna           give it a name, which is shown wherever its limits are
  signalbox accounts name Anna --none             take the name away
  signalbox limits --account Anna`,
  )
  answerOptions(
    command.command('list', { isDefault: true }).description('list the accounts whose plan limits the hub has'),
    'the rows',
  ).action(async (options: HubOptions) => (await import('../accounts/list.ts')).list(io, options))
  answerOptions(
    command
      .command('name')
      .description('give an account a name')
      .argument('<account>', 'its id, the first characters of it, or its name')
      .argument('[name]', 'the new name')
      .option('--none', 'take the name away'),
  ).action(async (account: string, name: string | undefined, options: HubOptions & { none?: true }) => {
    if ((name === undefined) === (options.none === undefined))
      throw usageError(name === undefined ? 'Which name?' : 'A name and --none exclude each other.', 'signalbox accounts name ID NAME')
    await (await import('../accounts/name.ts')).name(io, account, name, options)
  })
}
