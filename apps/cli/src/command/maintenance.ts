import { readSettings } from '@signalbox/contract/setting'
import type { Command } from 'commander'
import type { ConfirmOptions } from '../hub/confirm.ts'
import type { HubOptions } from '../hub/connect.ts'
import { answerOptions, wholeNumber } from '../hub/option.ts'

interface Options extends HubOptions, ConfirmOptions {
  readonly dryRun?: true
  readonly archiveAfterDays: number
  readonly purgeAfterDays?: number
}

/** As the hub itself does it every day. */
const ARCHIVE_AFTER_DAYS = 90
const days = wholeNumber(7, 36_500)

export function maintenance(command: Command): void {
  command
    .option('--dry-run', 'only count; what is counted is what would be done')
    .option('--archive-after-days <number>', 'archive what completed or failed so long ago; 7 at least', days, ARCHIVE_AFTER_DAYS)
    .option(
      '--purge-after-days <number>',
      'remove archived sessions that ended so long ago for good; 7 at least (default: RETENTION_DAYS, else never)',
      days,
    )
    .option('--yes', 'do not ask')
  answerOptions(command, 'the counts')
    .addHelpText(
      'after',
      `
The hub does this by itself once a day. It needs a key with the scope admin. Days are counted from the end of a session.

Examples:
  signalbox maintenance --dry-run
  signalbox maintenance --purge-after-days 365 --yes`,
    )
    .action(async ({ purgeAfterDays, ...options }: Options) => {
      const { cleanUp } = await import('../maintenance/clean-up.ts')
      await cleanUp({ ...options, purgeAfterDays: purgeAfterDays ?? readSettings(process.env, ['RETENTION_DAYS']).RETENTION_DAYS })
    })
}
