import type { Command } from 'commander'
import type { BackupOptions } from '../backup/backup.ts'
import type { Io } from '../io.ts'

export function backup(command: Command, io: Io): void {
  command
    .option('--to <folder>', 'where backups go, each in a folder of its own (default: DATA_DIR/backups)')
    .option('--keep <n>', 'remove older backups there, and keep so many')
    .option('--no-check', 'do not check the backup after it is made')
    .option('--check <folder>', 'make none, and check this one')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Copies the hub database and the ledger of DATA_DIR (or of MONGODB_URI) while hub and collector go on working, with the key
of the channels' secrets and the price table. The check compares every file, looks through the databases, and starts a hub
on a copy, whose sums must be the same. Prints the folder of the backup.

Examples:
  signalbox backup --to /mnt/backup --keep 14
  signalbox backup --check /mnt/backup/signalbox-20261201T013000Z
  signalbox restore /mnt/backup/signalbox-20261201T013000Z`,
    )
    .action(async (options: BackupOptions) => (await import('../backup/backup.ts')).backup(io, options))
}
