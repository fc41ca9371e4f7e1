import type { CleanedUp, Cleanup } from '@signalbox/contract/session-cleanup'
import { type ConfirmOptions, confirm, requireSomebody } from '../hub/confirm.ts'
import { askHub, type Hub, type HubOptions } from '../hub/connect.ts'
import { printJson } from '../hub/told.ts'
import { counted } from '../number.ts'

export interface CleanUpOptions extends HubOptions, ConfirmOptions {
  readonly dryRun?: true
  readonly archiveAfterDays: number
  /** Absent: nothing is removed. */
  readonly purgeAfterDays: number | undefined
}

/** The hub may take as long for many sessions. */
const PATIENCE = { timeout: 600_000, tryAgain: false }

export async function cleanUp(options: CleanUpOptions): Promise<void> {
  const { dryRun, json, yes } = options
  if (!dryRun) requireSomebody('Maintenance', options)
  await askHub(
    options,
    async (hub) => {
      if (dryRun) return print(await forecast(hub, options), options)
      if (!yes) {
        const expected = await forecast(hub, options)
        const some = expected.some(({ sessions_affected }) => sessions_affected > 0)
        process.stderr.write(sentences(expected, options))
        if (some) await confirm('Do it?', options)
        else if (!json) return
      }
      const archived = await hub.client.cleanupSessions(archiving(options))
      const { purgeAfterDays: days } = options
      const purged = days === undefined ? [] : [await hub.client.cleanupSessions({ older_than_days: days, statuses: ['archived'] })]
      print([archived, ...purged], options)
    },
    PATIENCE,
  )
}

function archiving({ archiveAfterDays }: CleanUpOptions): Cleanup {
  return { older_than_days: archiveAfterDays, statuses: ['completed', 'failed'], archive: true }
}

/** What would be done, as the hub counts it. What would be archived first, and is old enough, would be removed after that. */
async function forecast({ client }: Hub, options: CleanUpOptions): Promise<CleanedUp[]> {
  const { archiveAfterDays, purgeAfterDays: days } = options
  const archived = await client.cleanupSessions({ ...archiving(options), dry_run: true })
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

function print(answers: readonly CleanedUp[], options: CleanUpOptions): void {
  if (options.json) printJson(answers)
  else process.stdout.write(sentences(answers, options))
}

function sentences(answers: readonly CleanedUp[], { archiveAfterDays, purgeAfterDays }: CleanUpOptions): string {
  const lines = answers.map(({ operation, dry_run, sessions_affected, tasks_deleted, breakdown_by_status: by }) => {
    const would = dry_run ? 'would be ' : ''
    const sessions = counted(sessions_affected, 'session')
    return operation === 'archive'
      ? `${sessions} ${would}archived: ${by.completed} completed, ${by.failed} failed; ended more than ${archiveAfterDays} days ago.`
      : `${sessions} ${would}removed for good, with ${counted(tasks_deleted, 'task')}; archived, and ended more than ${purgeAfterDays} days ago.`
  })
  const off = purgeAfterDays === undefined ? ['Nothing is removed for good: neither --purge-after-days nor RETENTION_DAYS says when.'] : []
  return `${[...lines, ...off].join('\n')}\n`
}
