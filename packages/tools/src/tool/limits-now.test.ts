import { expect, it } from 'vitest'
import { someSnapshot, someWindow } from '../../../../apps/hub/test/snapshot.ts'
import { openTools } from '../../test/open-tools.ts'

const HOUR = 3_600_000

it('says how much of each window is used, when it resets, and how old that is', async () => {
  const { hub, client, call } = await openTools()
  const now = hub.clock.now()
  const weeklyLimits = { allModels: someWindow(17, now + 70 * HOUR), fableOnly: someWindow(80, now + 70 * HOUR) }
  await client.createLimitSnapshot(someSnapshot(now - 60_000, { currentSession: someWindow(41, now + 2 * HOUR), weeklyLimits }))
  const { text, data } = await call('limits_now')
  expect(text.split('\n')).toEqual([
    '5-hour limit: 41% used, resets in 2 h (Tue 2026-10-06 11:12).',
    'Weekly limit: 17% used, resets in 2 d 22 h (Fri 2026-10-09 07:12).',
    'Weekly limit · Fable: 80% used, resets in 2 d 22 h (Fri 2026-10-09 07:12).',
    'Read 1 min ago from console on laptop.',
  ])
  expect(data).toMatchObject({
    windows: [{ window: 'session', used_percent: 41, age_minutes: 1 }, { window: 'week' }, { window: 'fable' }],
  })
  for (const [asked, found] of [
    ['session', '5-hour limit'],
    ['week', 'Weekly limit'],
    ['Fable', 'Weekly limit · Fable'],
  ]) {
    expect((await call('limits_now', { window: asked })).data!.windows).toMatchObject([{ label: found }])
  }
  expect(await call('limits_now', { window: 'opus' })).toEqual({
    isError: true,
    text: 'The plan has no limit window "opus". Known windows: session, week, fable.',
  })
})

it('says of old numbers how old they are and why, and of a window that was reset since that it is not known', async () => {
  const { hub, client, call } = await openTools()
  await client.createLimitSnapshot(someSnapshot(hub.clock.now(), { currentSession: someWindow(88, hub.clock.now() + HOUR) }))
  hub.clock.pass(2 * HOUR)
  const { text, data } = await call('limits_now')
  expect(text).toContain('5-hour limit: has been reset since it was last read; how much is used now is not known.')
  expect(text).toContain('These numbers are 2 h old (from console on laptop): no collector has reported to this hub.')
  expect(data).toMatchObject({ stale_reason: 'no collector has reported to this hub.' })
  const [session] = data!.windows as object[]
  expect(session).toMatchObject({ state: 'reset' })
  expect(session).not.toHaveProperty('used_percent')
  const collector = { state: 'needs_login' as const, consecutiveFailures: 1 }
  await client.waitForLimitWork({ machine_id: 'laptop', collector, waitMs: 0 })
  expect((await call('limits_now')).data!.stale_reason).toBe(
    'the collector on laptop has to be signed in to the usage page: "signalbox web login".',
  )
  const lastError = { category: 'CLOCK', message: 'the clock of this machine is wrong' }
  const ahead = { state: 'failing' as const, consecutiveFailures: 1, clockSkewMs: 420_000, lastError }
  await client.waitForLimitWork({ machine_id: 'laptop', collector: ahead, waitMs: 0 })
  expect((await call('limits_now')).data!.stale_reason).toMatch(/^Not yet: the clock of laptop is 7 min ahead of the hub's/)
})

it('passes on what the hub says while there are no limits', async () => {
  const { call } = await openTools()
  const { text, isError } = await call('limits_now')
  expect([isError, text]).toEqual([true, expect.stringContaining('no snapshot of the plan limits')])
})

it('says of several accounts whose limits they are, and of one by its name or id', async () => {
  const { hub, client, call } = await openTools()
  const now = hub.clock.now()
  const send = (account: string, machine_id: string, percent: number) =>
    client.createLimitSnapshot(someSnapshot(now, { account, machine_id, currentSession: someWindow(percent, now + 2 * HOUR) }))
  await send('acc-anna', 'laptop', 21)
  await send('acc-ben', 'box', 91)
  await client.nameAccount('acc-anna', 'Anna')
  const both = await call('limits_now', { window: 'session' })
  expect(both.text).toMatch(/^Anna:\n5-hour limit: 21% used.*\n.*\n\nacc-ben:\n5-hour limit: 91% used/)
  expect(both.data).toMatchObject({
    accounts: [
      { account: 'acc-anna', account_name: 'Anna', windows: [{ used_percent: 21 }] },
      { account: 'acc-ben', windows: [{ used_percent: 91 }] },
    ],
  })
  for (const account of ['Anna', 'acc-anna', 'acc-a']) {
    expect((await call('limits_now', { account })).data).toMatchObject({ account_name: 'Anna', windows: [{ used_percent: 21 }, {}] })
  }
  expect(await call('limits_now', { account: 'Carl' })).toEqual({
    isError: true,
    text: 'No account has the name or id "Carl". Known accounts: Anna, acc-ben.',
  })
  expect((await call('limits_forecast', { account: 'acc-ben', window: 'session' })).data).toMatchObject({ account: 'acc-ben' })
})

it('says what extra usage costs', async () => {
  const { hub, client, call } = await openTools()
  const extraUsage = { is_enabled: true, used_credits: 10_631, currency: 'USD', decimal_places: 2 }
  await client.createLimitSnapshot(someSnapshot(hub.clock.now(), { extraUsage }))
  const { text, data } = await call('limits_now')
  expect(text).toContain('\nExtra usage: $106.31 used this month.\n')
  expect(data).toMatchObject({ extra_usage: '$106.31 used this month' })
})
