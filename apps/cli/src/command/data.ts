import type { Command } from 'commander'
import type { DeleteOptions } from '../data/delete.ts'
import { answerOptions } from '../hub/option.ts'
import type { Io } from '../io.ts'

export function data(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
Needs a key with the scope admin.

Examples:
  signalbox data delete --project /home/dev/old --dry-run     count what would be deleted
  signalbox data delete --machine 4f1c9a7be21d --yes`,
  )
  answerOptions(command.command('delete').description('delete the data of a machine, a project or an account from the hub'), 'the counts')
    .option('--machine <id>', 'its calls, snapshots, ended sessions with their tasks, and collector')
    .option('--project <name>', 'its calls, and ended sessions with their tasks')
    .option('--account <id>', 'its snapshots of the plan limits')
    .option('--dry-run', 'only count what would be deleted')
    .option('--yes', 'do not ask')
    .action(async (options: DeleteOptions) => (await import('../data/delete.ts')).deleteData(io, options))
}
