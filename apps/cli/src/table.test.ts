import { expect, test } from 'vitest'
import { type Column, renderTable } from './table.ts'
import type { Terminal } from './terminal.ts'
import { widthOf } from './width.ts'

const plain = (columns: number): Terminal => ({ columns, colour: false, write: () => {}, style: (_, text) => text })

interface Row {
  name: string
  count: number
  more: string
}
const columns: Column<Row>[] = [
  { title: 'Name', cell: ({ name }) => name, minWidths: [8, 4], truncateStart: true },
  { title: 'Count', align: 'right', cell: ({ count }, compact) => (compact ? `${count / 1000}k` : String(count)) },
  { title: 'More', dropOrder: 1, cell: ({ more }) => more },
]
const rows = [
  { name: '/home/ada/timetable', count: 1_000, more: 'much' },
  { name: '/home/日本語', count: 25_000, more: '😀' },
].map((row) => ({ row }))

test('a wide terminal gets everything', () => {
  expect(renderTable(columns, rows, plain(80))).toBe(
    [
      'Name                 Count  More',
      '────────────────────────────────',
      '/home/ada/timetable   1000  much',
      '/home/日本語         25000  😀',
      '',
    ].join('\n'),
  )
})

test('a narrow terminal gets truncated names and short numbers, then fewer columns', () => {
  const narrow = renderTable(columns, rows, plain(22))
  expect(narrow).toContain('More')
  expect(narrow).toContain('…')
  const narrower = renderTable(columns, rows, plain(14))
  expect(narrower).not.toContain('More')
  expect(narrower).toContain('25k')
  for (const [text, width] of [
    [narrow, 22],
    [narrower, 14],
  ] as const) {
    for (const line of text.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(width)
  }
})

test('an empty column is not shown', () => {
  expect(renderTable(columns, [{ row: { name: 'a', count: 1, more: '' } }], plain(80))).not.toContain('More')
})

test('a rule is drawn above the line that asks for one', () => {
  const lines = renderTable(columns, [...rows, { row: { name: 'Total', count: 3, more: '' }, rule: true }], plain(80)).split('\n')
  expect(lines.at(-3)).toMatch(/^─+$/)
  expect(lines.at(-2)).toBe('Total                    3')
})
