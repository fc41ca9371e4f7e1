import type { Command } from 'commander'
import type { Io } from '../io.ts'

/** The hub's mirror program does the work; this parses the command line and prints the result. */
export function mirror(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
A hub with its database in DATA_DIR also writes each snapshot of plan limits to a JSON file there, unless LIMIT_MIRROR is
false. The files are copies of the hub database. Works whether the hub is running or not.

Examples:
  signalbox mirror status
  signalbox mirror rebuild        when files are missing or changed`,
  )
  command
    .command('status')
    .description('compare the JSON files with the hub database; exit code 1 when they differ')
    .option('--json', 'print it as JSON')
    .action(async (options: { json?: true }) => {
      const { status } = await import('../mirror/status.ts')
      io.exitCode = await status(io, options)
    })
  command
    .command('rebuild')
    .description('write missing and damaged files from the hub database, and delete leftover ones')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      `
Reads every file, which the hub does not. Other files in the folder are left alone. It can be interrupted and run again.
It also writes the files where no hub does: with LIMIT_MIRROR=false, or from the database of MONGODB_URI.`,
    )
    .action(async (options: { json?: true }) => {
      const { rebuild } = await import('../mirror/rebuild.ts')
      io.exitCode = await rebuild(io, options)
    })
}
