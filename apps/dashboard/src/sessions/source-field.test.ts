import { expect, test } from 'vitest'
import type { SessionSourceRow } from '../hub/answer.ts'
import { formatField, formatSourceValue, sortSources } from './source-field.ts'

const row = (field: string, source: SessionSourceRow['source'], second: number, believed = false): SessionSourceRow => ({
  field,
  source,
  value: 1,
  at: `2026-11-09T12:00:0${second}.000Z`,
  believed,
})

test('sources stand in the order of the screen: by field, the believed one first, then the newest; new fields come last', () => {
  const sorted = sortSources([
    row('a_new_field', 'hook', 1),
    row('model', 'transcript', 9),
    row('model', 'hook', 5),
    row('model', 'statusline', 1, true),
    row('activity', 'process-file', 1, true),
  ])
  expect(sorted.map(({ field, source }) => `${field} ${source}`)).toEqual([
    'activity process-file',
    'model statusline',
    'model transcript',
    'model hook',
    'a_new_field hook',
  ])
  expect(formatField('a_new_field')).toBe('A new field')
  // A field may have any name.
  expect(formatField('constructor')).toBe('Constructor')
})

test('a value is shown by its field: money, counts, times, and what a source no longer knows', () => {
  const text = (field: string, value: SessionSourceRow['value']) => formatSourceValue(field, value, 'Europe/Berlin')
  expect(text('pid', 47_110)).toBe('47110')
  expect(text('cost_usd', 1.25)).toContain('1.25')
  expect(text('limited_until', null)).toBe('unknown')
  expect(text('cache_expires_at', '2026-11-09T12:00:00.000Z')).toMatch(/\b(1:00|13:00)/)
  expect(text('cache_expires_at', 'soon')).toBe('soon')
  expect(text('name', '2026-11-09')).toBe('2026-11-09')
})
