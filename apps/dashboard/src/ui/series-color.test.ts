import { expect, test } from 'vitest'
import { seriesColor } from './series-color.ts'

test('a name keeps its colour, whoever comes after it', () => {
  const first = seriesColor('a', 'engine')
  seriesColor('a', 'loom')
  expect(seriesColor('a', 'engine')).toBe(first)
  expect(seriesColor('a', 'loom')).not.toBe(first)
})

test('a wish is granted once, and the second to wish it leaves the wishes of others alone', () => {
  expect(seriesColor('b', 'opus 5', 1)).toBe('var(--series-1)')
  expect(seriesColor('b', 'opus 4', 1)).toBe('var(--series-8)')
  expect(seriesColor('b', 'sonnet 5', 3)).toBe('var(--series-3)')
})

test('eight names have eight colours, and a ninth has one too', () => {
  const colors = Array.from({ length: 8 }, (_, index) => seriesColor('c', `name ${index}`))
  expect(new Set(colors).size).toBe(8)
  expect(seriesColor('c', 'one more')).toMatch(/^var\(--series-[1-8]\)$/)
})
