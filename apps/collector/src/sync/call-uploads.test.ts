import { expect, test } from 'vitest'
import { deliverCalls } from './delivery.fixture.ts'
import { testHub } from './hub.fixture.ts'
import { callKey, ledgerWithCalls } from './ledger.fixture.ts'

test('calls are sent in the batches that the hub accepts', async () => {
  const hub = await testHub()
  const { ledger } = await ledgerWithCalls(5_001)
  await deliverCalls(ledger, hub).settled()
  expect(hub.batchSizes()).toEqual([5_000, 1])
  expect(hub.stored).toEqual(Array.from({ length: 5_001 }, (_, number) => callKey(number)))
})

test('after a failure a small batch finds out whether the hub works again', async () => {
  const hub = await testHub()
  const { ledger } = await ledgerWithCalls(500)
  let failing = true
  hub.respond = ({ fail, accept }) => {
    if (!failing) return accept()
    failing = false
    fail(503, 'starting')
  }
  await deliverCalls(ledger, hub).settled()
  expect(hub.batchSizes()).toEqual([500, 100, 400])
})

test('invalid calls are set aside, and the others are sent', async () => {
  const hub = await testHub()
  const { ledger, add } = await ledgerWithCalls(1_000)
  const invalid = new Set([callKey(0), callKey(517), callKey(518), callKey(999)])
  hub.respond = ({ keys, fail, accept }) => (keys.some((key) => invalid.has(key)) ? fail(400, 'calls[3].model: too long') : accept())
  const delivery = deliverCalls(ledger, hub)
  await delivery.settled()
  expect(hub.stored).toHaveLength(996)
  expect(new Set(delivery.rejected)).toEqual(invalid)
  expect(ledger.outbox.pending()).toBe(0)
  expect(ledger.status()).toMatchObject({ set_aside_total: 4 })
  expect(ledger.status().set_aside[0]).toMatchObject({ reason: 'calls[3].model: too long' })
  expect(delivery.failures).toEqual([])
  await add(1)
  await delivery.sendNew()
  expect(hub.stored).toContain(callKey(1_000))
})

test('when the hub rejects every call of the first batch, none is set aside', async () => {
  const hub = await testHub()
  const { ledger } = await ledgerWithCalls(5)
  hub.respond = ({ fail }) => fail(400, 'calls[0]: Unrecognized key: "new_field"')
  const delivery = deliverCalls(ledger, hub)
  await delivery.failed()
  expect(delivery.failures[0]).toMatchObject({
    state: 'refused',
    category: 'VALIDATION',
    slow: false,
    problem: expect.stringContaining('new_field'),
    suggestion: 'Check that hub and collector have the same version.',
  })
  expect(ledger.outbox.pending()).toBe(5)
  hub.respond = undefined
  await delivery.settled()
  expect(hub.stored).toHaveLength(5)
  expect(ledger.status().set_aside_total).toBe(0)
})

test('a batch that is too large is sent in smaller ones, and only a call that is too large alone is set aside', async () => {
  const hub = await testHub()
  const { ledger } = await ledgerWithCalls(900)
  hub.respond = ({ keys, fail, accept }) => (keys.length > 150 || keys.includes(callKey(876)) ? fail(413, 'too large') : accept())
  const delivery = deliverCalls(ledger, hub, { maxBatchSize: 500 })
  await delivery.settled()
  expect(hub.stored).toHaveLength(899)
  expect(delivery.rejected).toEqual([callKey(876)])
  // The batch size is remembered: after the first batch few are too large.
  expect(hub.batchSizes().filter((size) => size > 150).length).toBeLessThan(8)
})

test('calls are all sent again when that is requested while a batch is in flight', async () => {
  const hub = await testHub()
  const { ledger } = await ledgerWithCalls(600)
  hub.respond = ({ accept }) => {
    if (hub.batchSizes().length === 2) ledger.outbox.resend()
    accept()
  }
  await deliverCalls(ledger, hub, { maxBatchSize: 500 }).settled()
  expect(hub.batchSizes()).toEqual([500, 100, 500, 100])
})

test('nothing is sent to a server that is not a hub', async () => {
  const hub = await testHub()
  hub.hidesStoreId = true
  const { ledger } = await ledgerWithCalls(2)
  const delivery = deliverCalls(ledger, hub)
  await delivery.failed()
  expect(delivery.failures[0]).toMatchObject({
    state: 'refused',
    category: 'UNKNOWN',
    suggestion: 'Check SIGNALBOX_URL: it must be the address of the hub itself.',
  })
  expect(hub.batchSizes()).toEqual([])
})
