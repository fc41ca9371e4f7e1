import { expect, test } from 'vitest'
import { createStored } from '../ui/stored.ts'
import type { CurrentLimits } from './answer.ts'
import { createSavedLimits } from './saved-limits.ts'

const limits: CurrentLimits = {
  lastUpdated: '2026-10-06T09:18:00.000Z',
  currentSession: { percentageUsed: 47, resetsIn: '2 hr 42 min' },
  source: 'console',
  isStale: false,
  ageMinutes: 1,
  versionInfo: { current: 1, total: 1, timestamp: '2026-10-06T09:18:00.000Z', filename: 'one.json' },
}

type UsedStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** The methods of a browser's storage that are used. */
function createStorage(entries = new Map<string, string>()) {
  return {
    getItem: (name: string) => entries.get(name) ?? null,
    setItem: (name: string, text: string) => void entries.set(name, text),
    removeItem: (name: string) => void entries.delete(name),
  }
}

function open(opened: () => UsedStorage, clockOffset = 0) {
  const storage = createStored(opened as () => Storage)
  const restored: number[] = []
  return {
    restored,
    ...createSavedLimits({ storage, clockOffset: () => clockOffset, onClockOffset: (offset) => restored.push(offset) }),
  }
}

test('saved limits and the clock offset survive a reload', () => {
  const storage = createStorage()
  open(() => storage, 7_200_000).save(limits)
  const again = open(() => storage)
  expect(again.get()).toEqual(limits)
  expect(again.restored).toEqual([7_200_000])
  again.clear()
  expect(again.get()).toBeUndefined()
  expect(open(() => storage).get()).toBeUndefined()
})

test('a storage that throws on every call only loses the reload', () => {
  const forbidden = () => {
    throw new Error('denied')
  }
  const full = { ...createStorage(), setItem: forbidden, removeItem: forbidden }
  for (const storage of [forbidden, () => full]) {
    const saved = open(storage)
    expect(saved.get()).toBeUndefined()
    saved.save(limits)
    expect(saved.get()).toEqual(limits)
    saved.clear()
    expect(saved.get()).toBeUndefined()
  }
})

test.each([
  'no json',
  'null',
  '[]',
  '{"reading":{}}',
  '{"reading":{"lastUpdated":"soon"}}',
  '{"reading":{"lastUpdated":"2026-10-06T09:18:00Z","weeklyLimits":[]}}',
  '{"reading":{"lastUpdated":"2026-10-06T09:18:00Z","currentSession":{"percentageUsed":"47"}}}',
  '{"reading":{"lastUpdated":"2026-10-06T09:18:00Z","weeklyLimits":{"allModels":null}}}',
])('an invalid stored value is ignored: %s', (text) => {
  expect(open(() => createStorage(new Map([['signalbox.limits', text]]))).get()).toBeUndefined()
})

test('each account has saved limits of its own', () => {
  const storage = createStorage()
  const of = (account?: string) =>
    createSavedLimits({ storage: createStored(() => storage as Storage), clockOffset: () => 0, onClockOffset: () => {} }, account)
  of('anna').save({ ...limits, account: 'anna' })
  of('ben').save({ ...limits, account: 'ben' })
  expect([of('anna').get()?.account, of('ben').get()?.account, of().get()]).toEqual(['anna', 'ben', undefined])
  of('anna').clear()
  expect([of('anna').get(), of('ben').get()?.account]).toEqual([undefined, 'ben'])
})
