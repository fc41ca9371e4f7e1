import type { Command } from 'commander'
import type { RestoreOptions } from '../backup/restore.ts'
import type { Io } from '../io.ts'

export function restore(command: Command, io: Io): void {
  command
    .argument('<backup>', 'a folder, as `signalbox backup` printed it, or a database file, as `litestream restore` wrote it')
    .option('--to <place>', 'the folder of a hub, or an empty mongodb://… (default: MONGODB_URI, else DATA_DIR)')
    .option('--yes', 'do not ask')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Stop the hub first. The whole backup is checked before anything changes, and what was there stays as *.before-restore.
An address with a password belongs into MONGODB_URI: other users of this machine can see command lines.

Examples:
  signalbox restore /mnt/backup/signalbox-20261201T013000Z
  signalbox restore /mnt/backup/signalbox-20261201T013000Z --to ~/.signalbox-trial
  signalbox restore then/signalbox.db`,
    )
    .action(async (folder: string, options: RestoreOptions) => (await import('../backup/restore.ts')).restore(io, folder, options))
}
