import { expect, it } from 'vitest'
import { someCall } from '../../../../apps/hub/test/call.ts'
import { someSnapshot } from '../../../../apps/hub/test/snapshot.ts'
import { openTools } from '../../test/open-tools.ts'

it('says of a new hub what is not there yet', async () => {
  const { call } = await openTools()
  const { text, isError } = await call('hub_health')
  expect(isError).toBe(false)
  expect(text).toMatch(/^Hub \d+\.\d+\.\d+: ok, running for \d+ (?:s|min|h \d+ min|d \d+ h), its database answers in /)
  expect(text).toContain('No collector has sent a heartbeat to this hub.')
  expect(text).toContain('Plan limits: none yet.')
  expect(text).toContain('Usage: no call has arrived yet.')
})

it('says how old the limits and the usage are, or only what was asked', async () => {
  const { call, client, hub } = await openTools()
  await client.createLimitSnapshot(someSnapshot(hub.clock.now()))
  await client.ingestCalls('laptop', [someCall()])
  hub.clock.pass(5 * 60_000)
  const { text } = await call('hub_health')
  expect(text).toContain('Plan limits: Read 5 min ago from console on laptop.')
  expect(text).toContain('Usage: the last calls arrived 5 min ago.')
  const limits = await call('hub_health', { about: 'limits' })
  expect([limits.text, Object.keys(limits.data!)]).toEqual(['Plan limits: Read 5 min ago from console on laptop.', ['limits']])
})
