import { expect, it } from 'vitest'
import { openHub } from '../../test/open-hub.ts'

const ask = (hub: Awaited<ReturnType<typeof openHub>>, url: string, remoteAddress: string) => hub.inject({ url, remoteAddress })

it('an address may ask for health 1,200 times a minute; others are answered all the while', async () => {
  const hub = await openHub()
  const statuses = new Map<number, number>()
  for (let n = 0; n < 1_250; n++) {
    const { statusCode, headers } = await ask(hub, n % 2 === 0 ? '/health' : '/health/ready', '10.0.0.1')
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
    if (statusCode === 429) expect(headers['retry-after']).toBe('60')
  }
  expect([...statuses]).toEqual([
    [200, 1_200],
    [429, 50],
  ])
  expect((await ask(hub, '/health', '10.0.0.2')).statusCode).toBe(200)
  hub.clock.pass(60_000)
  expect((await ask(hub, '/health', '10.0.0.1')).statusCode).toBe(200)
})

it('those who ask at once share one look at the hub database', async () => {
  const hub = await openHub()
  let checks = 0
  const check = hub.store.check.bind(hub.store)
  hub.store.check = async () => {
    checks++
    await new Promise((resolve) => setTimeout(resolve, 30))
    return check()
  }
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask(hub, '/health', '10.0.0.1')))
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
  expect(checks).toBeLessThan(10)
})
