import { expect, it } from 'vitest'
import { boundAnswer, boundText } from './bound-answer.ts'

const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ n, text: 'x'.repeat(90) }))

it('leaves an answer that is short enough as it is', () => {
  const data = { summary: 's', rows: rows(5) }
  expect(boundAnswer(data, 1000)).toBe(data)
})

it('cuts the longest list first, and says how many rows it lost', () => {
  const bounded = boundAnswer({ summary: 's', total: 100, rows: rows(100), few: rows(3) }, 4000) as {
    rows: object[]
    few: object[]
    rows_cut: object
  }
  expect(JSON.stringify(bounded).length).toBeLessThanOrEqual(4000)
  expect([bounded.rows.length, bounded.few.length, bounded.rows_cut]).toEqual([25, 3, { rows: 75 }])
  expect(bounded.rows[0]).toEqual({ n: 0, text: 'x'.repeat(90) })
})

it('keeps the summary where there is no list to cut', () => {
  expect(boundAnswer({ summary: 's', deep: { text: 'x'.repeat(5000) } }, 1000)).toEqual({
    summary: 's',
    left_out: 'The details are too long. Ask for less, with top or a filter.',
  })
})

it('cuts a text at the end of a line, and one long line anywhere', () => {
  const text = Array.from({ length: 100 }, (_, n) => `line ${n} ${'x'.repeat(90)}`).join('\n')
  const lines = boundText(text, 1000).split('\n')
  expect(lines.at(-1)).toBe(`${101 - lines.length} more lines left out.`)
  expect(lines.join('\n').length).toBeLessThanOrEqual(1000)
  expect(boundText('x'.repeat(2000), 1000)).toBe(`${'x'.repeat(999)}…`)
  expect(boundText('short', 1000)).toBe('short')
})
