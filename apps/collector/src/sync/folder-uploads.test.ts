import { expect, test } from 'vitest'
import { deliverCalls } from './delivery.fixture.ts'
import { testHub } from './hub.fixture.ts'
import { instantClock } from './instant-clock.fixture.ts'
import { ledgerWithCalls } from './ledger.fixture.ts'

const HOUR_MS = 3_600_000
const paths = (hub: Awaited<ReturnType<typeof testHub>>) =>
  hub.requests.flatMap(({ path }) => (path.startsWith('/api/usage/') ? [path] : []))

test('the projects of folders are sent before the calls in them, once', async () => {
  const hub = await testHub()
  const { ledger, add } = await ledgerWithCalls(3)
  const delivery = deliverCalls(ledger, hub, { withFolders: true })
  await delivery.settled()
  expect(paths(hub)).toEqual(['/api/usage/folders', '/api/usage/calls'])
  expect(hub.folders.length).toBeGreaterThan(0)
  await add(1)
  await delivery.sendNew()
  expect(paths(hub)).toEqual(['/api/usage/folders', '/api/usage/calls', '/api/usage/calls'])
  expect(ledger.folders.next(1)).toBeUndefined()
})

test('they are sent also when no call is left to send, and all again to a hub with another database', async () => {
  const hub = await testHub()
  const { ledger } = await ledgerWithCalls(3)
  const without = deliverCalls(ledger, hub)
  await without.settled()
  await without.stop()
  expect(paths(hub)).toEqual(['/api/usage/calls'])
  const delivery = deliverCalls(ledger, hub, { withFolders: true })
  await delivery.settled()
  expect(paths(hub)).toEqual(['/api/usage/calls', '/api/usage/folders'])
  await delivery.stop()
  hub.storeId = 'second'
  await deliverCalls(ledger, hub, { withFolders: true }).settled()
  expect(paths(hub).slice(2)).toEqual(['/api/usage/folders', '/api/usage/calls'])
})

test.each([404, 400, 403])('calls do not wait for a hub that answers %i, which is asked again an hour later', async (status) => {
  const hub = await testHub()
  hub.foldersStatus = status
  const { ledger, add } = await ledgerWithCalls(3)
  const clock = instantClock()
  const delivery = deliverCalls(ledger, hub, { withFolders: true, clock })
  await delivery.settled()
  await add(1)
  await delivery.sendNew()
  expect(paths(hub)).toEqual(['/api/usage/folders', '/api/usage/calls', '/api/usage/calls'])
  expect([hub.stored.length, delivery.failures, ledger.outbox.pending()]).toEqual([4, [], 0])
  hub.foldersStatus = 200
  await clock.wait(HOUR_MS, undefined)
  await delivery.sendNew()
  expect(paths(hub).slice(3)).toEqual(['/api/usage/folders'])
})

test('while the hub is away nothing is lost', async () => {
  const hub = await testHub()
  hub.foldersStatus = 503
  const { ledger } = await ledgerWithCalls(3)
  const delivery = deliverCalls(ledger, hub, { withFolders: true })
  await delivery.failed()
  expect(hub.stored).toEqual([])
  hub.foldersStatus = 200
  await delivery.settled()
  expect([hub.stored.length, ledger.folders.next(1)]).toEqual([3, undefined])
})
