import { STALE_AFTER_MS } from '@signalbox/client/limit-row'
import { FORECAST_MAX_AGE_MS } from '@signalbox/usage/limit-forecast'
import { expect, it } from 'vitest'
import { someSnapshot, someWindow } from '../../../../apps/hub/test/snapshot.ts'
import { openTools, type TestTools } from '../../test/open-tools.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Stores snapshots of the 5-hour limit, each so many minutes after the former, and lets that time pass. */
async function use({ hub, client }: TestTools, percents: readonly number[], resetsAt: number, minutes = 20): Promise<void> {
  for (const [n, percent] of percents.entries()) {
    if (n > 0) hub.clock.pass(minutes * MINUTE)
    await client.createLimitSnapshot(someSnapshot(hub.clock.now(), { currentSession: someWindow(percent, resetsAt), weeklyLimits: {} }))
  }
}

it('says from when on a limit may be reached, and what is used at its reset otherwise', async () => {
  const opened = await openTools()
  const { hub, call } = opened
  await use(opened, [20, 30, 40, 50], hub.clock.now() + 4 * HOUR)
  const { text, data } = await call('limits_forecast')
  // 10% in 20 minutes: the other 50% last 100 minutes from 10:12. Without a past, work may also stop, or speed up sixfold.
  expect(text).toContain(
    '5-hour limit: 50% used, resets in 3 h (Tue 2026-10-06 13:12). It may be reached, in 33 min (Tue 2026-10-06 10:45) at the earliest; or 50% is used at the reset.',
  )
  expect(data!.windows).toMatchObject([
    {
      window: 'session',
      forecast: 'may_be_reached',
      low: { percentageUsed: 50 },
      high: { reachedAt: '2026-10-06T10:45:00.000Z' },
      likely: { reachedAt: '2026-10-06T11:52:00.000Z' },
    },
  ])
})

it('says that a limit lasts where it does', async () => {
  const opened = await openTools()
  await use(opened, [20, 21, 21, 22], opened.hub.clock.now() + 4 * HOUR)
  expect((await opened.call('limits_forecast')).text).toContain('It lasts until the reset, with 22 to ')
})

it('has no number where there is none, and says why', async () => {
  const opened = await openTools()
  const { hub, call } = opened
  await use(opened, [20], hub.clock.now() + 4 * HOUR)
  expect((await call('limits_forecast')).text).toContain('No forecast: there are too few recent values for a pace.')
  await use(opened, [20, 30, 40], hub.clock.now() + 4 * HOUR)
  hub.clock.pass(16 * MINUTE)
  const { text, data } = await call('limits_forecast')
  expect(text).toContain('No forecast: the newest value is 16 min old.')
  expect(data!.windows).toMatchObject([{ forecast: 'unknown', unknown_because: 'the newest value is 16 min old' }])
  expect((data!.windows as object[])[0]).not.toHaveProperty('reached_at')
})

it('stops at the age at which people see the limits as stale', () => {
  expect(FORECAST_MAX_AGE_MS).toBe(STALE_AFTER_MS)
})
