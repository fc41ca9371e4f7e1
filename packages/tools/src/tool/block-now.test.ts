import { expect, it } from 'vitest'
import { someCall } from '../../../../apps/hub/test/call.ts'
import { openTools } from '../../test/open-tools.ts'
import { callTool } from '../call-tool.ts'
import { blockNow } from './block-now.ts'

it('says the burn rate of the active block, or that there is none', async () => {
  const { client, hub } = await openTools()
  const ask = () => callTool(blockNow, client, {}, { now: hub.clock.now(), timezone: 'UTC', weekStart: 'monday' })
  expect((await ask()).text).toBe('No active block: nothing was used in it.')
  await client.ingestCalls('m', [someCall({ at: '2026-10-06T08:30:00.000Z' }), someCall({ at: '2026-10-06T09:10:00.000Z' })])
  const { text, data } = await ask()
  expect(text).toMatch(
    /^The active block: \$\d.+ at list price, .+ it ends in .+\nBurn rate: \$.+ an hour, .+ tokens a minute\.\nProjected at its end: \$/,
  )
  expect(data).toMatchObject({ active: true, measured: false, cost_per_hour_usd: expect.any(Number) })
})
