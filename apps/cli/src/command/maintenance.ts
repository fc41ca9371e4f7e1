import { readSettings } from '@signalbox/contract/setting'
import type { Command } from 'commander'
import type { ConfirmOptions } from '../hub/confirm.ts'
import { answerOptions, wholeNumber } from '../hub/option.ts'
import type { HubOptions } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

interface Options extends HubOptions, ConfirmOptions {
  readonly dryRun?: true
  readonly archiveAfterDays: number
  readonly purgeAfterDays?: number
}

/** The same as in the hub's daily maintenance. */
const ARCHIVE_AFTER_DAYS = 90
const days = wholeNumber(7, 36_500)

export function maintenance(command: Command, io: Io): void {
  command
    .option('--dry-run', 'only count what would be done')
    .option(
      '--archive-after-days <number>',
      'archive sessions that completed or failed this long ago; at least 7',
      days,
      ARCHIVE_AFTER_DAYS,
    )
    .option(
      '--purge-after-days <number>',
      'delete archived sessions that ended this long ago; at least 7 (default: RETENTION_DAYS, else never)',
      days,
    )
    .option('--yes', 'do not ask')
  answerOptions(command, 'the counts')
    .addHelpText(
      'after',
      `
The hub also does this once a day. Needs a key with the scope admin. Days count from the end of a session.

Examples:
  signalbox maintenance --dry-run
  signalbox maintenance --purge-after-days 365 --yes`,
    )
    .action(async ({ purgeAfterDays, ...options }: Options) => {
      const { cleanUp } = await import('../maintenance/clean-up.ts')
      await cleanUp(io, { ...options, purgeAfterDays: purgeAfterDays ?? readSettings(io.env, ['RETENTION_DAYS']).RETENTION_DAYS })
    })
}
