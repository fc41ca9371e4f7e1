import { expect, test } from 'vitest'
import { someCall } from '../../../hub/test/call.ts'
import { someSnapshot } from '../../../hub/test/snapshot.ts'
import { openHubFixture } from '../hub.suite.ts'

test('usage by person, and of other machines, is that of the hub, with its filters', async () => {
  const { run, json, hub, client } = await openHubFixture()
  const now = hub.clock.now()
  const call = (n: number) => someCall({ key: `msg_${n}`, at: new Date(now - 3_600_000).toISOString(), output: n })
  await client.ingestCalls('laptop', [call(1)])
  await client.ingestCalls('rack-1', [call(20)])
  await client.createLimitSnapshot(someSnapshot(now - 60_000, { machine_id: 'laptop', account: 'a' }))
  await client.nameAccount('a', 'Anna')
  const { stdout } = await run(['usage', 'people'])
  expect(stdout).toMatch(/Person +Models/)
  for (const name of ['Anna', '(none)', 'Total', 'List-price']) expect(stdout).toContain(name)
  const rows = async (...words: string[]) =>
    (await json<{ rows: { output: number }[] }>(['usage', ...words])).rows.map(({ output }) => output)
  expect([await rows('machine', '--hub'), await rows('daily', '--person', 'anna'), await rows('daily', '--machine', 'rack-1')]).toEqual([
    [20, 1],
    [1],
    [20],
  ])
  expect((await run(['usage', 'person', '--csv'])).stdout).toMatch(/^person,calls,(?:.|\r\n)*\r\nAnna,1,/)
  expect(await run(['usage', 'daily', '--person', 'Ana'])).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean Anna?') })
  expect(await run(['usage', 'daily', '--hub', '--instances'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no --instances'),
  })
})
