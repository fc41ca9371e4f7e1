import { expect, it } from 'vitest'
import { someCall } from '../../../../apps/hub/test/call.ts'
import { openTools } from '../../test/open-tools.ts'

interface Report {
  totals: { cost_usd: number; calls: number; total_tokens: number }
  rows?: ({ cost_usd: number; calls: number } & Record<string, unknown>)[]
  left_out?: { rows: number }
  matched?: object[]
}

async function openUsage() {
  const opened = await openTools()
  await opened.client.ingestCalls('ada-laptop', [
    someCall({ at: '2026-10-06T08:00:00.000Z', cwd: '/home/ada/platform-web', output: 1000 }),
    someCall({ at: '2026-10-06T08:30:00.000Z', cwd: '/home/ada/timetable', output: 5000, git_branch: 'fix' }),
    someCall({ at: '2026-10-05T23:30:00.000Z', cwd: '/home/ada/platform-web', model: 'claude-haiku-4-5' }),
    someCall({ at: '2026-09-30T12:00:00.000Z', cwd: '/home/ada/platform-web', model: 'a-model-of-tomorrow' }),
  ])
  await opened.client.ingestCalls('rack-1', [
    someCall({ at: '2026-10-06T09:00:00.000Z', cwd: '/srv/platform-web', model: 'claude-opus-4-8' }),
  ])
  return opened
}

it('sums a range, and says so in a sentence that is enough', async () => {
  const { call, data } = await openUsage()
  const { totals, rows } = await data<Report>('usage_report', { range: 'today' })
  expect([totals.calls, rows]).toEqual([3, undefined])
  expect((await call('usage_report', { range: 'today' })).text).toBe(
    `today (UTC): $${totals.cost_usd.toFixed(2)} at list price, 285.8K tokens in 3 calls.`,
  )
  expect((await data<Report>('usage_report', { range: 'yesterday' })).totals.calls).toBe(1)
  // In Berlin the call of half past eleven was today.
  expect((await data<Report>('usage_report', { range: 'today', timezone: 'Europe/Berlin' })).totals.calls).toBe(4)
  expect((await data<Report>('usage_report', { range: 'last_24h' })).totals.calls).toBe(4)
  expect((await data<Report>('usage_report', { range: '2026-09-30..2026-10-05' })).totals.calls).toBe(2)
  expect((await call('usage_report', { range: '2026-08-01' })).text).toContain('No usage in 2026-08-01 (UTC).')
})

it('groups, orders names by size and days by time, and says what it left out', async () => {
  const { data, call } = await openUsage()
  const projects = await data<Report>('usage_report', { range: 'today', group: 'project' })
  expect(projects.rows!.map(({ project }) => project)).toEqual(['/home/ada/timetable', '/srv/platform-web', '/home/ada/platform-web'])
  expect(projects.rows!.reduce((sum, { cost_usd }) => sum + cost_usd, 0)).toBeCloseTo(projects.totals.cost_usd, 3)
  const first = await call('usage_report', { range: 'today', group: 'project', top: 1 })
  expect(first.data).toMatchObject({ rows: [{ project: '/home/ada/timetable' }], left_out: { rows: 2 } })
  expect(first.text).toContain('2 more rows left out')
  const days = await data<Report>('usage_report', { range: 'last_7d', group: 'day' })
  expect(days.rows!.map(({ day }) => day)).toEqual(['2026-09-30', '2026-10-05', '2026-10-06'])
})

it('understands names as people write them, also when several are meant', async () => {
  const { data, call } = await openUsage()
  const both = await data<Report>('usage_report', { range: 'today', project: 'platform web' })
  expect([both.totals.calls, both.matched]).toEqual([2, [{ project: '/srv/platform-web' }, { project: '/home/ada/platform-web' }]])
  const opus = await data<Report>('usage_report', { range: 'today', model: 'opus', group: 'machine' })
  expect(opus.rows!.map(({ machine, calls }) => [machine, calls])).toEqual([
    ['ada-laptop', 2],
    ['rack-1', 1],
  ])
  expect((await data<Report>('usage_report', { range: 'today', machine: 'rack 1', project: 'platform-web' })).totals.calls).toBe(1)
  expect(await call('usage_report', { range: 'today', project: 'nothing' })).toEqual({
    isError: true,
    text: 'No usage of a project "nothing" in this range. With usage: /home/ada/timetable, /srv/platform-web, /home/ada/platform-web.',
  })
})

it('finds the project of a folder, and its parts', async () => {
  const { data, client } = await openUsage()
  const folders = ['/home/ada/platform-web', '/srv/platform-web'].map((folder) => ({
    folder,
    project: 'github.com/ada/web',
    root: folder,
    seen: 'git' as const,
  }))
  await client.ingestFolders('ada-laptop', folders)
  for (const project of ['/srv/platform-web', '/srv/platform-web/src', 'ada/web', 'web']) {
    const { totals, rows } = await data<Report>('usage_report', { range: 'today', project, group: 'folder' })
    expect([totals.calls, rows!.map(({ folder }) => folder).sort()], project).toEqual([2, folders.map(({ folder }) => folder)])
  }
})

it('says that a price is not known, and never that it is zero', async () => {
  const { call } = await openUsage()
  const { text, data } = await call('usage_report', { range: '2026-09-30' })
  expect(data!.totals).toMatchObject({ cost_usd: null, calls: 1, unpriced_calls: 1 })
  expect(text).toContain('no price known')
  expect(text).toContain('No price is known for a-model-of-tomorrow')
})

it('says which calls never got their final record, and what is no call', async () => {
  const { call, client } = await openUsage()
  const at = '2026-10-02T08:00:00.000Z'
  const rest = { at, source: 'cost-state', as_of: '2026-10-02T09:00:00.000Z', model: 'claude-haiku-4-5' }
  await client.ingestCalls('rack-1', [someCall({ ...rest, output: 12_000 })])
  const only = await call('usage_report', { range: '2026-10-02' })
  expect(only.text).toMatch(/^2026-10-02 \(UTC\): \$\d+\.\d+ at list price, 105K tokens in 0 calls\.\nNot itemised: \$/)
  await client.ingestCalls('rack-1', [
    someCall({ at, model: 'claude-haiku-4-5', unfinished: true, output: 2 }),
    someCall({ at, unfinished: true, odd: true }),
  ])
  const { text, data } = await call('usage_report', { range: '2026-10-02', group: 'model', measure: 'tokens' })
  expect(text).toContain('2 calls never got the final record from Claude Code, so their output, and with it the cost, is at least this.')
  expect(text).toContain('1 call had a number that is none; it counts as 0.')
  expect(text).toMatch(/Not itemised: \$\d+\.\d+ and 105K tokens of it are what Claude Code has recorded beyond its calls\./)
  expect(text).toContain('claude-haiku-4-5 (not itemised): ')
  expect(data).toMatchObject({
    totals: { calls: 2, unfinished_calls: 2, odd_calls: 1, not_itemised: { total_tokens: 105_012 } },
    rows: [
      { model: 'claude-haiku-4-5', not_itemised: true, calls: 0, output_tokens: 12_000 },
      { model: 'claude-opus-5-5', calls: 1, unfinished_calls: 1, odd_calls: 1 },
      { model: 'claude-haiku-4-5', calls: 1, unfinished_calls: 1, output_tokens: 2 },
    ],
  })
  // A model with both is one name.
  for (const model of ['haiku', 'claude-haiku-4-5']) {
    const found = await call('usage_report', { range: '2026-10-02', model })
    expect([found.data!.totals, found.data!.matched]).toMatchObject([{ calls: 1, output_tokens: 12_002 }, undefined])
  }
})

it('refuses a range that is none, by name', async () => {
  const { call } = await openTools()
  expect((await call('usage_report', { range: 'fortnight' })).text).toContain('usage_report: range is not a range: today, yesterday')
  expect((await call('usage_report', { range: '2026-02-30' })).text).toContain('There is no such day')
  expect((await call('usage_report', { range: '2026-03-02..2026-03-01' })).text).toContain('ends before it begins')
  expect((await call('usage_report', { range: 'today', colour: 'red' })).text).toContain('there is no argument colour')
  expect((await call('usage_report', {})).text).toContain('range')
})
