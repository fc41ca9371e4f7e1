import { expect, it } from 'vitest'
import { someSnapshot, someWindow } from '../../../../apps/hub/test/snapshot.ts'
import { openTools } from '../../test/open-tools.ts'
import { callTool } from '../call-tool.ts'
import { limitsHistory } from './limits-history.ts'

it('has the highest value of a window, its resets, and how often it was full', async () => {
  const { hub, client } = await openTools()
  const call = (args: object) => callTool(limitsHistory, client, args, { now: hub.clock.now(), timezone: 'UTC', weekStart: 'monday' })
  const first = hub.clock.now() + 50 * 60_000
  for (const [n, percent] of [40, 100, 100, 5, 20].entries()) {
    await client.createLimitSnapshot(
      someSnapshot(hub.clock.now(), { currentSession: someWindow(percent, n < 3 ? first : first + 5 * 3_600_000), weeklyLimits: {} }),
    )
    hub.clock.pass(20 * 60_000)
  }
  expect((await call({ window: 'session', range: 'today' })).text).toMatch(
    /^5-hour limit, today: at most 100% \(Tue 2026-10-06 09:32\), 1 reset, full 1 time\.$/,
  )
  expect((await call({ range: 'today' })).data).toMatchObject({
    windows: [{ window: 'session', highest_percent: 100, times_full: 1 }],
  })
  const { isError, text } = await call({ window: 'fable', range: 'today' })
  expect([isError, text]).toEqual([true, 'No value of a limit "fable" is known in today. Known windows: session.'])
})
