import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, systemClock } from '@signalbox/client'
import { describe, expect, test } from 'vitest'
import { stretchForLoad } from '../../../../test/support/machine-load.ts'
import { type DeliverOptions, deliverCalls, deliverSnapshots } from './delivery.fixture.ts'
import { type TestHub, testHub } from './hub.fixture.ts'
import { instantClock } from './instant-clock.fixture.ts'
import { callKey, ledgerWithCalls, ledgerWithSnapshots, snapshotAt } from './ledger.fixture.ts'

/** One kind of queue with some items, for the tests that all kinds share. */
interface Setup {
  readonly hub: TestHub
  /** While full, the ledger cannot confirm items. */
  readonly disk: { full: boolean }
  readonly pending: () => number
  /** Adds items with the next numbers. */
  readonly add: (count: number) => Promise<void>
  /** Numbers of the stored items, in the order of their arrival, repeated ones included. */
  readonly stored: () => number[]
  readonly deliver: (options?: DeliverOptions) => ReturnType<typeof deliverCalls>
}

function unlessFull<T>(disk: { full: boolean }, confirm: (item: T) => void) {
  return (item: T) => {
    if (disk.full) throw new Error('the disk is full')
    confirm(item)
  }
}

const kinds: Record<string, (count: number) => Promise<Setup>> = {
  async calls(count) {
    const hub = await testHub()
    const { ledger, add } = await ledgerWithCalls(count)
    const disk = { full: false }
    const outbox = { ...ledger.outbox, confirm: unlessFull(disk, ledger.outbox.confirm) }
    return {
      hub,
      disk,
      pending: () => ledger.outbox.pending(),
      add,
      stored: () => hub.stored.map((key) => Number(/\d+/.exec(key)?.[0])),
      deliver: (options) => deliverCalls({ outbox }, hub, options),
    }
  },
  async snapshots(count) {
    const hub = await testHub()
    const ledger = ledgerWithSnapshots()
    const keys: string[] = []
    const add = async (more: number) => {
      for (let nth = 0; nth < more; nth++) keys.push(ledger.snapshots.put(snapshotAt(keys.length)))
    }
    await add(count)
    const disk = { full: false }
    const snapshots = { ...ledger.snapshots, confirm: unlessFull(disk, ledger.snapshots.confirm) }
    return {
      hub,
      disk,
      pending: () => ledger.snapshots.pending(),
      add,
      stored: () => hub.stored.map((key) => keys.indexOf(key)),
      deliver: (options) => deliverSnapshots({ snapshots }, hub, options),
    }
  },
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number)

describe.each(Object.entries(kinds))('%s', (name, setUp) => {
  test('are sent once, oldest first, and later ones when the delivery is notified', async () => {
    const { hub, pending, add, stored, deliver } = await setUp(3)
    const delivery = deliver()
    await delivery.settled()
    await add(2)
    await delivery.sendNew()
    expect(stored()).toEqual(numbers(5))
    expect(pending()).toBe(0)
    const { length } = hub.requests
    await delivery.sendNew()
    expect(hub.requests).toHaveLength(length)
  })

  test('stay queued during a long outage, with growing delays, and are sent afterwards', async () => {
    const { hub, pending, add, stored, deliver } = await setUp(3)
    await hub.down()
    const delivery = deliver()
    while (delivery.failures.length < 12) await delivery.failed()
    await add(2)
    expect(pending()).toBe(5)
    await hub.up()
    await delivery.settled()
    expect(stored()).toEqual(numbers(5))
    expect(pending()).toBe(0)
    const delays = delivery.failures.map(({ retryIn }) => retryIn)
    const expected = name === 'calls' ? [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000] : [10_000, 20_000, 40_000, 60_000, 60_000]
    expect(delays.slice(0, expected.length)).toEqual(expected)
    expect(delivery.failures[0]).toMatchObject({ state: 'offline', category: 'NETWORK', problem: expect.stringContaining('ECONNREFUSED') })
  })

  test.each([500, 502, 503, 504])('are sent again after %i', async (status) => {
    const { hub, stored, deliver } = await setUp(2)
    let failures = 0
    hub.respond = ({ fail, accept }) => (failures++ < 3 ? fail(status, 'not now') : accept())
    const clock = instantClock()
    const delivery = deliver({ clock })
    await delivery.settled()
    expect(stored()).toEqual(numbers(2))
    expect(clock.waits).toHaveLength(3)
    for (const failure of delivery.failures) expect(failure).toMatchObject({ state: 'offline', category: 'SERVER' })
  })

  test('are sent again after a connection that was cut and a response that timed out', async () => {
    const { hub, pending, stored, deliver } = await setUp(1)
    let attempts = 0
    hub.respond = ({ request, store, accept }) => {
      attempts++
      if (attempts === 1) {
        // The hub has stored them, but the collector cannot know.
        store()
        request.socket.destroy()
      } else if (attempts > 2) accept()
    }
    const delivery = deliver({ timeout: 1_000 })
    await delivery.settled()
    expect(stored()).toEqual([0, 0])
    expect(pending()).toBe(0)
    for (const failure of delivery.failures) expect(failure).toMatchObject({ category: 'NETWORK' })
  })

  test('wait for Retry-After', async () => {
    const { hub, stored, deliver } = await setUp(1)
    let limited = true
    hub.respond = ({ fail, accept }) => {
      if (!limited) return accept()
      limited = false
      fail(429, 'too fast', { 'retry-after': '900' })
    }
    const clock = instantClock()
    const delivery = deliver({ clock })
    await delivery.settled()
    expect(clock.waits).toEqual([900_000])
    expect(delivery.failures).toMatchObject([{ category: 'RATE_LIMITED', retryIn: 900_000 }])
    expect(stored()).toEqual([0])
  })

  test.each([401, 403])('stay queued after %i, are retried rarely, and are sent at once with a new key', async (status) => {
    const { hub, pending, stored, deliver } = await setUp(2)
    hub.respond = ({ fail, accept }) => (hub.requests.at(-1)?.key === 'new' ? accept() : fail(status, 'Invalid API key'))
    const delivery = deliver({ clock: systemClock })
    await delivery.failed()
    expect(delivery.failures).toMatchObject([
      { state: 'refused', category: 'AUTH', slow: true, retryIn: 300_000, suggestion: expect.stringContaining('signalbox keys create') },
    ])
    expect(pending()).toBe(2)
    expect(delivery.rejected).toEqual([])
    delivery.renewKey('new')
    delivery.retryNow.notify()
    await delivery.settled()
    expect(stored()).toEqual([0, 1])
  })

  test('are all sent again to a hub that was emptied, rejected ones too, and not again to the same hub at another address', async () => {
    const { hub, stored, deliver } = await setUp(3)
    let rejects = true
    hub.respond = ({ keys, snapshot, fail, accept }) => {
      const isSecond = snapshot === undefined ? keys.includes(callKey(1)) : snapshot.currentSession?.percentageUsed === 1
      if (rejects && isSecond) fail(400, 'no')
      else accept()
    }
    const first = deliver()
    await first.settled()
    await first.stop()
    expect(stored().toSorted()).toEqual([0, 2])
    expect(first.rejected).toHaveLength(1)

    rejects = false
    await hub.move()
    const { length } = hub.requests
    const second = deliver()
    await second.settled()
    await second.stop()
    expect(hub.requests.slice(length).map(({ path }) => path)).toEqual(['/api/whoami'])

    hub.stored = []
    hub.storeId = 'second'
    const third = deliver()
    await third.settled()
    expect(third.storeChanges).toBe(1)
    expect(stored().toSorted()).toEqual([0, 1, 2])
  })

  test('are all sent again when a running delivery finds that the hub was emptied', async () => {
    const { hub, stored, add, deliver } = await setUp(2)
    let now = 1_000_000
    const delivery = deliver({ clock: { ...instantClock(), now: () => now } })
    await delivery.settled()
    hub.stored = []
    hub.storeId = 'emptied'
    await add(1)
    await delivery.sendNew()
    // The store is checked once a minute.
    expect(stored()).toEqual([2])
    now += 60_000
    await add(1)
    await delivery.sendNew()
    expect(new Set(stored())).toEqual(new Set(numbers(4)))
    expect(delivery.storeChanges).toBe(1)
  })

  test('stop being sent at once when the signal is aborted, during a request and during a delay', async () => {
    const { hub, pending, deliver } = await setUp(2)
    hub.respond = () => {}
    const requesting = deliver({ clock: systemClock })
    while (hub.batchSizes().length === 0) await sleep(5)
    const started = performance.now()
    await requesting.stop()
    hub.respond = ({ fail }) => fail(503, 'no', { 'retry-after': '900' })
    const waiting = deliver({ clock: systemClock })
    await waiting.failed()
    await waiting.stop()
    expect(performance.now() - started).toBeLessThan(await stretchForLoad(1_500))
    expect(pending()).toBe(2)
  })

  test('are sent again when the ledger could not confirm them', async () => {
    const { disk, stored, pending, deliver } = await setUp(2)
    disk.full = true
    const clock = instantClock()
    const wait: Clock['wait'] = async (...args) => {
      disk.full = false
      await clock.wait(...args)
    }
    const delivery = deliver({ clock: { ...clock, wait } })
    await delivery.settled()
    expect(delivery.failures).toMatchObject([{ state: 'offline', category: 'UNKNOWN', problem: 'the disk is full', slow: false }])
    expect(new Set(stored())).toEqual(new Set([0, 1]))
    expect(pending()).toBe(0)
  })
})

test('with the system clock, a hub that comes back after a moment has everything within seconds', async () => {
  const hub = await testHub()
  const { ledger } = await ledgerWithCalls(7)
  await hub.down()
  const delivery = deliverCalls(ledger, hub, { clock: systemClock })
  await delivery.failed()
  await hub.up()
  const started = performance.now()
  await delivery.settled()
  expect(hub.stored).toHaveLength(7)
  expect(performance.now() - started).toBeLessThan(await stretchForLoad(4_000))
})
