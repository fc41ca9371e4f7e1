import { expect, test } from 'vitest'
import type { CurrentLimitReading } from './answer.ts'
import { createKeptReading } from './kept-reading.ts'

const reading: CurrentLimitReading = {
  lastUpdated: '2026-10-06T09:18:00.000Z',
  currentSession: { percentageUsed: 47, resetsIn: '2 hr 42 min' },
  source: 'console',
  isStale: false,
  ageMinutes: 1,
  versionInfo: { current: 1, total: 1, timestamp: '2026-10-06T09:18:00.000Z', filename: 'one.json' },
}

/** A browser's storage, as far as it is used. */
function shelf(kept = new Map<string, string>()) {
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
    removeItem: (name: string) => void kept.delete(name),
  }
}

function open(storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>, ahead = 0) {
  const heard: number[] = []
  return { heard, ...createKeptReading({ storage, ahead: () => ahead, onAhead: (known) => heard.push(known) }) }
}

test('what was read is there when the page is opened again, with how far its clock was off', () => {
  const storage = shelf()
  open(() => storage, 7_200_000).keep(reading)
  const again = open(() => storage)
  expect(again.last()).toEqual(reading)
  expect(again.heard).toEqual([7_200_000])
  again.forget()
  expect(again.last()).toBeUndefined()
  expect(open(() => storage).last()).toBeUndefined()
})

test('a storage that throws at every touch loses nothing but the reload', () => {
  const forbidden = () => {
    throw new Error('denied')
  }
  const full = { ...shelf(), setItem: forbidden, removeItem: forbidden }
  for (const storage of [forbidden, () => full]) {
    const kept = open(storage)
    expect(kept.last()).toBeUndefined()
    kept.keep(reading)
    expect(kept.last()).toEqual(reading)
    kept.forget()
    expect(kept.last()).toBeUndefined()
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
])('something else in its place is no reading: %s', (text) => {
  expect(open(() => shelf(new Map([['signalbox.limits', text]]))).last()).toBeUndefined()
})
