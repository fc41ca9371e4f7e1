import type { Command } from 'commander'
import type { CopyOptions } from '../store/copy.ts'

export function store(command: Command): void {
  command.addHelpText(
    'after',
    `
Example:
  signalbox store copy --to mongodb://db.example/signalbox`,
  )
  command
    .command('copy')
    .description('copy everything from one store to another; what is there already and as new stays')
    .option('--from <place>', 'a folder with signalbox.db, or mongodb://… (default: DATA_DIR)')
    .option('--to <place>', 'a folder, or mongodb://… (default: MONGODB_URI)')
    .option('--yes', 'do not ask, although the target is not empty')
    .option('--json', 'print the counts for a program')
    .addHelpText(
      'after',
      `
It can be done again: then it takes over what has changed since, and it goes on where it was broken off. A hub may go on
using the source; none may use a target that is a folder. What was removed from the source stays in the target.
An address with a password is better put into MONGODB_URI: others on this machine see the words of a command.

From one hub to several:
  signalbox store copy --to mongodb://db.example/signalbox       while the hub still runs: most of it is there then
  (stop the hub)
  signalbox store copy --to mongodb://db.example/signalbox --yes what came since
  MONGODB_URI=mongodb://db.example/signalbox signalbox hub       on every machine that is to have one

And back:
  signalbox store copy --from mongodb://db.example/signalbox --to ~/.signalbox`,
    )
    .action(async (options: CopyOptions) => {
      const { copy } = await import('../store/copy.ts')
      process.exitCode = await copy(options)
    })
}
