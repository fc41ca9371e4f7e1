import type { Cleanup, CleanupResult } from '@signalbox/contract/session-cleanup'
import { formatCount } from '../format-number.ts'
import { type ConfirmOptions, confirm, requireConfirmation } from '../hub/confirm.ts'
import { printJson } from '../hub/print-result.ts'
import { type Hub, type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

export interface CleanUpOptions extends HubOptions, ConfirmOptions {
  readonly dryRun?: true
  readonly archiveAfterDays: number
  /** Undefined: nothing is deleted. */
  readonly purgeAfterDays: number | undefined
}

/** The hub may take this long for many sessions. */
const REQUEST = { timeout: 600_000, retry: false }

export async function cleanUp(io: Io, options: CleanUpOptions): Promise<void> {
  const { dryRun, json, yes } = options
  if (!dryRun) requireConfirmation(io, 'maintenance cannot be undone', options)
  await withHub(
    io,
    options,
    async (hub) => {
      if (dryRun) return print(io, await forecast(hub, options), options)
      if (!yes) {
        const expected = await forecast(hub, options)
        const hasWork = expected.some(({ sessions_affected }) => sessions_affected > 0)
        io.stderr.write(formatCounts(expected, options))
        if (hasWork) await confirm(io, 'Continue?', options)
        else if (!json) return
      }
      const archived = await hub.client.cleanupSessions(archiveRequest(options))
      const { purgeAfterDays: days } = options
      const purged = days === undefined ? [] : [await hub.client.cleanupSessions({ older_than_days: days, statuses: ['archived'] })]
      print(io, [archived, ...purged], options)
    },
    REQUEST,
  )
}

function archiveRequest({ archiveAfterDays }: CleanUpOptions): Cleanup {
  return { older_than_days: archiveAfterDays, statuses: ['completed', 'failed'], archive: true }
}

/** The counts of a dry run. Sessions that would be archived first, and are old enough, count as deleted too. */
async function forecast({ client }: Hub, options: CleanUpOptions): Promise<CleanupResult[]> {
  const { archiveAfterDays, purgeAfterDays: days } = options
  const archived = await client.cleanupSessions({ ...archiveRequest(options), dry_run: true })
  if (days === undefined) return [archived]
  const before = await client.cleanupSessions({ older_than_days: days, statuses: ['archived'], dry_run: true })
  const both = Math.max(days, archiveAfterDays)
  const fresh = await client.cleanupSessions({ older_than_days: both, statuses: ['completed', 'failed'], dry_run: true })
  const sessions = before.sessions_affected + fresh.sessions_affected
  return [
    archived,
    {
      ...fresh,
      sessions_affected: sessions,
      tasks_deleted: before.tasks_deleted + fresh.tasks_deleted,
      breakdown_by_status: { completed: 0, failed: 0, archived: sessions },
    },
  ]
}

function print(io: Io, answers: readonly CleanupResult[], options: CleanUpOptions): void {
  if (options.json) printJson(io, answers)
  else io.stdout.write(formatCounts(answers, options))
}

function formatCounts(answers: readonly CleanupResult[], { archiveAfterDays, purgeAfterDays }: CleanUpOptions): string {
  const lines = answers.map(({ operation, dry_run, sessions_affected, tasks_deleted, breakdown_by_status: by }) => {
    const would = dry_run ? 'would be ' : ''
    const sessions = formatCount(sessions_affected, 'session')
    return operation === 'archive'
      ? `${sessions} ${would}archived: ${by.completed} completed, ${by.failed} failed; ended more than ${formatCount(archiveAfterDays, 'day')} ago.`
      : `${sessions} ${would}permanently deleted, with ${formatCount(tasks_deleted, 'task')}; archived, and ended more than ${formatCount(purgeAfterDays ?? 0, 'day')} ago.`
  })
  const off = purgeAfterDays === undefined ? ['Nothing is deleted: neither --purge-after-days nor RETENTION_DAYS is set.'] : []
  return `${[...lines, ...off].join('\n')}\n`
}
