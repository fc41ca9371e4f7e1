import { expect, test } from 'vitest'
import { limitSources } from './limit-source.ts'
import { readSettings, SettingsError } from './setting.ts'

const readSources = (text?: string) => readSettings(text === undefined ? {} : { LIMIT_SOURCES: text }, ['LIMIT_SOURCES']).LIMIT_SOURCES

test('LIMIT_SOURCES accepts every source, and defaults to all of them', () => {
  expect(readSources()).toEqual([...limitSources])
  expect(readSources(limitSources.toReversed().join(', '))).toEqual(limitSources.toReversed())
  for (const source of limitSources) expect(readSources(source)).toEqual([source])
  expect(readSources('none')).toEqual([])
})

test('an unknown source is rejected with the valid names', () => {
  expect(() => readSources('console,carrier-pigeon')).toThrow(SettingsError)
  expect(() => readSources('console,carrier-pigeon')).toThrow(limitSources.join(', '))
})

test('STALLED_FAIL_AFTER is a time with its unit, or never', () => {
  const read = (text?: string) =>
    readSettings(text === undefined ? {} : { STALLED_FAIL_AFTER: text }, ['STALLED_FAIL_AFTER']).STALLED_FAIL_AFTER
  expect([read(), read('90s'), read('30m'), read('24h'), read('7d'), read('365d')]).toEqual([
    86_400_000, 90_000, 1_800_000, 86_400_000, 604_800_000, 31_536_000_000,
  ])
  expect([read('0'), read('never')]).toEqual([0, 0])
  for (const text of ['24', '1.5h', '-1h', '0h', '366d', 'soon', '24 h']) expect(() => read(text), text).toThrow(SettingsError)
})
