import { expect, it } from 'vitest'
import { someCall } from '../../../../apps/hub/test/call.ts'
import { openTools } from '../../test/open-tools.ts'

interface Compared extends Record<string, unknown> {
  now: { cost_usd: number }
  before: { cost_usd: number }
  difference_usd: number
  more_tokens_usd: number
  dearer_tokens_usd: number
  reason: { parts: { name: string }[] }
}

it('compares a day with what is usual, and says what explains the difference', async () => {
  const { client, call, data } = await openTools()
  // It is a Tuesday. Ten working days of one call, and a Monday with dearer work in another project.
  const days = ['10-02', '10-01', '09-30', '09-29', '09-28', '09-25', '09-24', '09-23', '09-22', '09-21']
  await client.ingestCalls('m', [
    ...days.map((day) => someCall({ at: `2026-${day}T10:00:00.000Z`, cwd: '/home/ada/web', model: 'claude-haiku-4-5' })),
    someCall({ at: '2026-10-05T10:00:00.000Z', cwd: '/home/ada/web', model: 'claude-haiku-4-5' }),
    someCall({ at: '2026-10-05T11:00:00.000Z', cwd: '/home/ada/firmware', output: 50_000 }),
  ])
  const args = { range: 'yesterday', why: true }
  const { now, before, difference_usd, more_tokens_usd, dearer_tokens_usd, reason, ...rest } = await data<Compared>('usage_compare', args)
  expect(rest).toMatchObject({
    usual_days: 10,
    beyond_days: 10,
    unusual: true,
    compared_with: 'a usual working day',
    baseline: { kind: 'usual_working_day' },
  })
  // Exactly, in hundredths of a cent.
  const units = (usd: number) => Math.round(usd * 1e4)
  expect(units(difference_usd)).toBe(units(now.cost_usd) - units(before.cost_usd))
  expect(units(more_tokens_usd) + units(dearer_tokens_usd)).toBe(units(difference_usd))
  expect(reason.parts[0]?.name).toMatch(/^(?:firmware|claude-opus-5-5)$/)
  const { totals } = await data<{ totals: { cost_usd: number } }>('usage_report', { range: 'yesterday' })
  expect(now.cost_usd).toBe(totals.cost_usd)
  expect((await call('usage_compare', args)).text).toMatch(
    /^yesterday: \$\d.+ more than a usual working day .+\nThat is more than on 10 of the last 10 such days\.\n\+.+dearer ones, /,
  )

  expect((await call('usage_compare', { range: '2026-10-02', why: true })).text).toContain('That is not unusual.')
  expect((await call('usage_compare', { range: '2026-10-04' })).text).toContain('too few days of its kind')
  // This week is a day and nine hours old, and so much of the last one is beside it.
  const week = await call('usage_compare', { range: 'this_week', baseline: 'last_week' })
  expect(week.text).toContain('more than last_week until the same time')
  expect(week.data).toMatchObject({
    now: { calls: 2 },
    before: { calls: 1 },
    baseline: { kind: 'span', range: 'last_week', until_same_time: true },
  })
  expect((await call('usage_compare', { range: 'all' })).isError).toBe(true)
})
