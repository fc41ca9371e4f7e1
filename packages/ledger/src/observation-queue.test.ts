import type { SessionObservation } from '@signalbox/contract/session-observation'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { openLivingSessions } from './living-sessions.ts'
import { openObservationQueue } from './observation-queue.ts'
import { openLedgerStore } from './store/ledger-store.ts'

const A = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
const B = '1b7e0c52-95a1-4b5e-8a63-0d9f6c1f2a10'
const at = (second: number) => new Date(Date.UTC(2026, 10, 29, 12, 0, second)).toISOString()

function transition(number: number, session = A): SessionObservation {
  return { observation_id: `t${number}`, session_id: session, source: 'process-file', at: at(number), activity: 'idle', alive: true }
}
function counters(number: number, fields: SessionObservation['fields'], session = A): SessionObservation {
  return { observation_id: `c${number}`, session_id: session, source: 'transcript', at: at(number), fields }
}

function queue({ folder = tempFolder(), mergeFrom = 1_000 } = {}) {
  const store = openLedgerStore(folder)
  onTestFinished(() => store.close())
  const living = openLivingSessions(store)
  const opened = openObservationQueue(store, () => 1_000, living, mergeFrom)
  return { ...opened, living, folder, keys: () => opened.next(10_000)?.items.map(({ key }) => key) ?? [] }
}

test('observations are sent in the order in which they were made, and stay until they are confirmed', () => {
  const { put, next, confirm, pending, pendingSince } = queue()
  put([transition(2), transition(1)])
  put([transition(3)])
  const page = next(2)
  expect(page?.items.map(({ key }) => key)).toEqual(['t2', 't1'])
  expect(page?.items[0]?.observation).toEqual(transition(2))
  expect(pendingSince()).toBe(1_000)
  confirm(page?.upTo ?? 0)
  expect(pending()).toBe(1)
  confirm(next(10)?.upTo ?? 0)
  expect([pending(), pendingSince(), next(10)]).toEqual([0, undefined, undefined])
})

test('what is put while a page is being sent stays', () => {
  const { put, next, confirm, keys } = queue()
  put([transition(1)])
  const page = next(10)
  put([transition(2)])
  confirm(page?.upTo ?? 0)
  expect(keys()).toEqual(['t2'])
})

test('an observation that is pending already is kept once', () => {
  const { put, keys } = queue()
  put([transition(1), transition(1)])
  put([transition(1)])
  expect(keys()).toEqual(['t1'])
})

test('pages end at the number and at the bytes that are asked for, with one observation at least', () => {
  const { put, next } = queue()
  put(Array.from({ length: 20 }, (_, number) => transition(number)))
  expect(next(7)?.items).toHaveLength(7)
  expect(next(20, 500)?.items.length).toBeLessThan(5)
  expect(next(20, 1)?.items).toHaveLength(1)
})

test('they survive the end of the process', () => {
  const { put, folder } = queue()
  put([transition(1)])
  expect(queue({ folder }).keys()).toEqual(['t1'])
})

test('when thousands are pending, numbers are merged, and what happened is not', () => {
  const { put, next, keys } = queue({ mergeFrom: 3 })
  put([transition(1), counters(1, { context_tokens: 5, model: 'm' }), counters(2, { cost_usd: 1 }), counters(3, { cost_usd: 9 }, B)])
  put([transition(2), counters(4, { context_tokens: 7 })])
  expect(keys()).toEqual(['t1', 'c3', 't2', 'c4'])
  const merged = next(10)?.items.at(-1)?.observation
  expect(merged).toEqual({ ...counters(4, {}), fields: { model: 'm', cost_usd: 1, context_tokens: 7 } })
})

test('a week of numbers of many sessions is no more than one observation of each', () => {
  const { put, pending } = queue({ mergeFrom: 100 })
  for (let round = 0; round < 400; round++) {
    put([counters(round * 2, { cost_usd: round }, A), { ...counters(round * 2 + 1, { cost_usd: round }, B) }])
  }
  expect(pending()).toBeLessThanOrEqual(101)
})

test('a rejected observation is removed', () => {
  const { put, remove, keys } = queue()
  put([transition(1), transition(2)])
  remove('t1')
  expect(keys()).toEqual(['t2'])
})

test('another hub is noticed, and the first one is not another', () => {
  const { hubChanged } = queue()
  expect([hubChanged('one'), hubChanged('one'), hubChanged('two')]).toEqual([false, false, true])
})

test('a living session is stored with the observation of its start, and removed with that of its end', () => {
  const { put, living } = queue()
  const session = { session: A, pid: 1, file: '/1.json', project: 'p' }
  living.putWith('t1', session)
  expect(living.all()).toEqual([])
  put([transition(1)])
  expect(living.all()).toEqual([session])
  living.removeWith('t2', A)
  expect(living.all()).toEqual([session])
  // It lives again before its end is on disk.
  living.putWith('t3', { ...session, pid: 2 })
  put([transition(2), transition(3)])
  expect(living.all()).toEqual([{ ...session, pid: 2 }])
  living.removeWith('t4', A)
  put([transition(4), transition(2)])
  expect(living.all()).toEqual([])
})

test('a living session stays when its end cannot be stored', () => {
  const { put, living, keys } = queue()
  const session = { session: A, pid: 1, file: '/1.json', project: 'p' }
  living.putWith('t1', session)
  put([transition(1)])
  living.removeWith('t2', A)
  const circle: { self?: unknown } = {}
  circle.self = circle
  expect(() => put([transition(2), { ...transition(3), fields: circle as never }])).toThrow()
  expect(living.all()).toEqual([session])
  expect(keys()).toEqual(['t1'])
  put([transition(2)])
  expect(living.all()).toEqual([])
})
