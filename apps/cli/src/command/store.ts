import type { Command } from 'commander'
import type { Io } from '../io.ts'
import type { CopyOptions } from '../store/copy.ts'

export function store(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
Example:
  signalbox store copy --to mongodb://db.example/signalbox`,
  )
  command
    .command('copy')
    .description('copy a hub database to another place; records that are up to date there are left alone')
    .option('--from <place>', 'a folder with signalbox.db, or mongodb://… (default: DATA_DIR)')
    .option('--to <place>', 'a folder, or mongodb://… (default: MONGODB_URI)')
    .option('--yes', 'do not ask when the target is not empty')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      `
It can be run again, to copy changes or to continue after an interruption. A hub may keep using the source, but not a
target folder. Records deleted from the source stay in the target.
Put an address with a password into MONGODB_URI: other users of this machine can see command lines.

From one hub to several:
  signalbox store copy --to mongodb://db.example/signalbox       while the hub still runs
  (stop the hub)
  signalbox store copy --to mongodb://db.example/signalbox --yes copies the changes since
  MONGODB_URI=mongodb://db.example/signalbox signalbox hub       on every machine with a hub

And back:
  signalbox store copy --from mongodb://db.example/signalbox --to ~/.signalbox`,
    )
    .action(async (options: CopyOptions) => {
      const { copy } = await import('../store/copy.ts')
      io.exitCode = await copy(io, options)
    })
}
