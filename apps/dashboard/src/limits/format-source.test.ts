import { expect, test } from 'vitest'
import { formatSource } from './format-source.ts'

test('the card says which source on which machine its limits come from', () => {
  expect(formatSource({ source: 'statusline', machine_id: 'laptop' })).toBe('from a status line on laptop')
  expect(formatSource({ source: 'console' })).toBe('from the usage page')
})

test('a source that the card has no phrase for is shown under its own name', () => {
  expect(formatSource({ source: 'sample-file', machine_id: 'laptop' })).toBe('from sample file on laptop')
})
