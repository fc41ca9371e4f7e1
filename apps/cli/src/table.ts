import { printable } from '@signalbox/contract/printable'
import type { Style, Terminal } from './terminal.ts'
import { widthOf } from './width.ts'

export interface Column<Row> {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** The cell; `compact` asks for the short form. */
  readonly cell: (row: Row, compact: boolean) => string
  /** Columns with the highest number are dropped first on a narrow terminal; 0 or absent: never dropped. */
  readonly dropOrder?: number
  /** The minimum widths of a truncated cell: while other columns can still be dropped, and when none can. Absent: never truncated. */
  readonly minWidths?: readonly [number, number]
  /** Truncates at the start instead of the end: the end of a path matters more. */
  readonly truncateStart?: boolean
  readonly style?: Style | ((row: Row) => Style | undefined)
}

/** A row and its style; `rule` draws a line above it. */
export interface Line<Row> {
  readonly row: Row
  readonly style?: Style | undefined
  readonly rule?: boolean
}

const GAP = 2

/**
 * A table that fits the terminal: first it shortens numbers and truncates names, then it drops columns.
 * @returns lines, each with its line end
 */
export function renderTable<Row>(columns: readonly Column<Row>[], lines: readonly Line<Row>[], terminal: Terminal): string {
  const filled = columns.filter(({ cell }) => lines.some(({ row }) => cell(row, false) !== ''))
  const fit = fitColumns(filled, lines, terminal.columns)
  const styled = (style: Style | undefined, text: string) => (style === undefined || text === '' ? text : terminal.style(style, text))
  const join = (cells: readonly string[], styleOf: (index: number) => Style | undefined) =>
    cells
      .map((cell, index) => {
        const space = ' '.repeat(Math.max(0, (fit.widths[index] ?? 0) - widthOf(cell)))
        const text = styled(styleOf(index), cell)
        if (fit.columns[index]?.align === 'right') return space + text
        return text + space
      })
      .join(' '.repeat(GAP))
      // Trailing space would be copied along with a line.
      .trimEnd()
  const rule = terminal.style('dim', fit.widths.map((width) => '─'.repeat(width)).join('─'.repeat(GAP)))
  const titles = join(
    fit.columns.map(({ title }, index) => truncate(title, fit.widths[index] ?? 0)),
    () => 'bold',
  )
  const body = fit.cells.flatMap((cells, index) => {
    const { row, style, rule: ruled } = lines[index] as Line<Row>
    const text = join(cells, (at) => style ?? styleOf(fit.columns[at]?.style, row))
    return ruled ? [rule, text] : [text]
  })
  return `${[titles, rule, ...body].join('\n')}\n`
}

function styleOf<Row>(style: Column<Row>['style'], row: Row): Style | undefined {
  return typeof style === 'function' ? style(row) : style
}

interface Fit<Row> {
  readonly columns: readonly Column<Row>[]
  readonly widths: readonly number[]
  readonly cells: readonly (readonly string[])[]
}

function fitColumns<Row>(all: readonly Column<Row>[], lines: readonly Line<Row>[], available: number): Fit<Row> {
  const droppable = all.filter(({ dropOrder = 0 }) => dropOrder > 0).sort((a, b) => (b.dropOrder ?? 0) - (a.dropOrder ?? 0))
  let best: Fit<Row> | undefined
  for (let count = 0; count <= droppable.length; count++) {
    const dropped = new Set(droppable.slice(0, count))
    const columns = all.filter((column) => !dropped.has(column))
    const last = count === droppable.length
    for (const compact of [false, true]) {
      best = measure(columns, lines, compact, available, last && compact)
      if (best.widths.reduce((sum, width) => sum + width + GAP, -GAP) <= available) return best
    }
  }
  return best as Fit<Row>
}

/** Widths of the columns, with those that may be truncated reduced to the available space. */
function measure<Row>(
  columns: readonly Column<Row>[],
  lines: readonly Line<Row>[],
  compact: boolean,
  available: number,
  lastResort: boolean,
): Fit<Row> {
  const cells = lines.map(({ row }) => columns.map(({ cell }) => printableCell(cell(row, compact))))
  // Not by spreading into Math.max: a list may be longer than a call may have arguments.
  const natural = columns.map(({ title }, index) =>
    cells.reduce((widest, line) => Math.max(widest, widthOf(line[index] ?? '')), widthOf(title)),
  )
  let over = natural.reduce((sum, width) => sum + width + GAP, -GAP) - available
  const widths = natural.map((width, index) => {
    const minimum = columns[index]?.minWidths?.[lastResort ? 1 : 0]
    if (over <= 0 || minimum === undefined || width <= minimum) return width
    const cut = Math.min(over, width - minimum)
    over -= cut
    return width - cut
  })
  const truncated = cells.map((line) =>
    line.map((cell, index) => truncate(cell, widths[index] ?? 0, columns[index]?.truncateStart === true)),
  )
  return { columns, widths, cells: truncated }
}

/** A cell comes from a transcript or another machine: one line, and no longer than anybody reads. */
function printableCell(text: string): string {
  return printable(text.length > MAX_CELL_LENGTH ? `${text.slice(0, MAX_CELL_LENGTH)}…` : text)
}
const MAX_CELL_LENGTH = 1000

/** A text cut to a width, with an ellipsis where it was cut. */
export function truncate(text: string, width: number, atStart = false): string {
  if (widthOf(text) <= width) return text
  const characters = [...text]
  for (;;) {
    const over = widthOf(characters.join('')) - (width - 1)
    if (over <= 0 || characters.length === 0) break
    // No character takes more than two columns, so this many can go at once.
    const surplus = Math.max(1, Math.floor(over / 2))
    if (atStart) characters.splice(0, surplus)
    else characters.splice(-surplus)
  }
  return atStart ? `…${characters.join('')}` : `${characters.join('').trimEnd()}…`
}
