import { expect, test } from 'vitest'
import { seriesColor } from './series-color.ts'

test('a name keeps its colour when others follow', () => {
  const first = seriesColor('a', 'engine')
  seriesColor('a', 'loom')
  expect(seriesColor('a', 'engine')).toBe(first)
  expect(seriesColor('a', 'loom')).not.toBe(first)
})

test('a preferred colour is assigned once, and the next name with the same preference leaves other preferences free', () => {
  expect(seriesColor('b', 'opus 5', 1)).toBe('var(--series-1)')
  expect(seriesColor('b', 'opus 4', 1)).toBe('var(--series-8)')
  expect(seriesColor('b', 'sonnet 5', 3)).toBe('var(--series-3)')
})

test('eight names get eight colours, and a ninth shares one', () => {
  const colors = Array.from({ length: 8 }, (_, index) => seriesColor('c', `name ${index}`))
  expect(new Set(colors).size).toBe(8)
  expect(seriesColor('c', 'one more')).toMatch(/^var\(--series-[1-8]\)$/)
})
