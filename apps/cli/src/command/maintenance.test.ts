import type { CleanupResult } from '@signalbox/contract/session-cleanup'
import { expect, test } from 'vitest'
import { TestClock } from '../../../hub/test/open-hub.ts'
import { signalbox } from '../cli.suite.ts'
import { openHubFixture } from '../hub.suite.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-10-06T09:12:00.000Z')

/** Sessions that ended some days ago, each with two tasks, and a live one. */
async function openSessions() {
  const clock = new TestClock(new Date(NOW - 500 * DAY).toISOString())
  const state = await openHubFixture({ clock })
  const { client } = state
  let today = 500
  for (const [ago, status] of [
    [400, 'archived'],
    [300, 'failed'],
    [200, 'completed'],
    [100, 'archived'],
    [95, 'failed'],
    [91, 'completed'],
    [89, 'completed'],
    [40, 'archived'],
    [8, 'failed'],
    [6, 'archived'],
  ] as const) {
    clock.pass((today - ago) * DAY)
    today = ago
    const { session_id: id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
    for (const task_name of ['one', 'two']) await client.createTask({ session_id: id, task_name })
    await client.updateSession(id, { status: status === 'failed' ? 'failed' : 'completed' })
    if (status === 'archived') await client.archiveSession(id)
  }
  clock.pass(today * DAY)
  await client.createSession({ project_id: 'p', machine_id: 'm' })
  return state
}

const counts = (answers: CleanupResult[]) =>
  answers.map(({ operation, sessions_affected, tasks_deleted, breakdown_by_status }) => ({
    operation,
    sessions_affected,
    tasks_deleted,
    breakdown_by_status,
  }))

test.each([
  [[], 4, undefined],
  [['--purge-after-days', '365'], 4, 1],
  [['--purge-after-days', '150'], 4, 3],
  [['--purge-after-days', '30'], 4, 7],
  [['--archive-after-days', '7', '--purge-after-days', '90'], 6, 6],
  [['--archive-after-days', '1000'], 0, undefined],
] as const)('%j: a dry run counts the same as a real run, and changes nothing', async (words, archived, purged) => {
  const { client, json } = await openSessions()
  const before = await client.listSessions({ limit: 100 })
  const dry = await json<CleanupResult[]>(['maintenance', '--dry-run', ...words])
  expect(await client.listSessions({ limit: 100 })).toEqual(before)
  expect(dry.map(({ sessions_affected }) => sessions_affected)).toEqual(purged === undefined ? [archived] : [archived, purged])
  expect(dry.every(({ dry_run }) => dry_run)).toBe(true)
  const real = await json<CleanupResult[]>(['maintenance', '--yes', ...words])
  expect(counts(real)).toEqual(counts(dry))
  expect(await client.listSessions({ limit: 100 })).toHaveLength(before.length - (purged ?? 0))
  // Nothing is left to do.
  expect(
    (await json<CleanupResult[]>(['maintenance', '--dry-run', ...words])).every(({ sessions_affected }) => sessions_affected === 0),
  ).toBe(true)
})

test('without --json it prints sentences', async () => {
  const { run } = await openSessions()
  const dry = await run(['maintenance', '--dry-run'])
  expect(dry.stdout).toBe(
    '4 sessions would be archived: 2 completed, 2 failed; ended more than 90 days ago.\n' +
      'Nothing is deleted: neither --purge-after-days nor RETENTION_DAYS is set.\n',
  )
  const { code, stdout } = await run(['maintenance', '--yes'], { RETENTION_DAYS: '365' })
  expect(code).toBe(0)
  expect(stdout).toBe(
    '4 sessions archived: 2 completed, 2 failed; ended more than 90 days ago.\n' +
      '1 session permanently deleted, with 2 tasks; archived, and ended more than 365 days ago.\n',
  )
})

test('in a process of its own, without --yes and without a terminal, it changes nothing', async () => {
  const { env, client, hub } = await openSessions()
  const before = await client.listSessions({ limit: 100 })
  const { code, stdout, stderr } = await signalbox(hub.folder, ['maintenance'], env)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('--yes')
  expect(await client.listSessions({ limit: 100 })).toEqual(before)
})
