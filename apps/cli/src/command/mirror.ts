import type { Command } from 'commander'

/** The hub's own program does the work on its store; here is only how it is asked and shown. */
export function mirror(command: Command): void {
  command.addHelpText(
    'after',
    `
A hub that keeps its store in DATA_DIR writes each reading of the plan limits to a file there, too, unless LIMIT_MIRROR is
false. The store is the truth, and the files follow it by themselves. Works whether the hub is running or not.

Examples:
  signalbox mirror status
  signalbox mirror rebuild        when files are missing or were changed`,
  )
  command
    .command('status')
    .description('how the files stand to the store; exit code 1 when they are not what it has')
    .option('--json', 'print it for a program')
    .action(async (options: { json?: true }) => {
      const { status } = await import('../mirror/status.ts')
      process.exitCode = await status(options)
    })
  command
    .command('rebuild')
    .description('make every file what the store has: write what is missing or wrong, remove what it no longer has')
    .option('--json', 'print the counts for a program')
    .addHelpText(
      'after',
      `
Looks into every file, which the hub does not. What others put into the folder is left alone. It can be broken off and
done again. It also writes the files where no hub does: with LIMIT_MIRROR=false, or from the database of MONGODB_URI.`,
    )
    .action(async (options: { json?: true }) => {
      const { rebuild } = await import('../mirror/rebuild.ts')
      process.exitCode = await rebuild(options)
    })
}
