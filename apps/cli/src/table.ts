import type { Style, Terminal } from './terminal.ts'
import { widthOf } from './width.ts'

export interface Column<Row> {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** The cell; `tight` asks for the short way to say it. */
  readonly cell: (row: Row, tight: boolean) => string
  /** Columns with the highest number leave first when the terminal is narrow; 0 or absent stays. */
  readonly leaves?: number
  /** The fewest characters to which the cell is cut, while other columns can still leave and when none can; absent: never cut. */
  readonly cutTo?: readonly [number, number]
  /** Cuts from the front instead of the end: the end of a path says more. */
  readonly cutFront?: boolean
  readonly style?: Style | ((row: Row) => Style | undefined)
}

/** A row and how it is to look; `rule` draws a line before it. */
export interface Line<Row> {
  readonly row: Row
  readonly style?: Style | undefined
  readonly rule?: boolean
}

const GAP = 2

/**
 * A table that fits the terminal: first it says numbers shortly and cuts long names, then it leaves out columns.
 * @returns lines, each ended
 */
export function renderTable<Row>(columns: readonly Column<Row>[], lines: readonly Line<Row>[], terminal: Terminal): string {
  // A column in which nobody has anything to say is not shown.
  const telling = columns.filter(({ cell }) => lines.some(({ row }) => cell(row, false) !== ''))
  const fit = fitting(telling, lines, terminal.columns)
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
      // Whoever copies a line does not want what trails it.
      .trimEnd()
  const rule = terminal.style('dim', fit.widths.map((width) => '─'.repeat(width)).join('─'.repeat(GAP)))
  const titles = join(
    fit.columns.map(({ title }, index) => shorten(title, fit.widths[index] ?? 0, false)),
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

function fitting<Row>(all: readonly Column<Row>[], lines: readonly Line<Row>[], available: number): Fit<Row> {
  const leaving = all.filter(({ leaves = 0 }) => leaves > 0).sort((a, b) => (b.leaves ?? 0) - (a.leaves ?? 0))
  let best: Fit<Row> | undefined
  for (let gone = 0; gone <= leaving.length; gone++) {
    const without = new Set(leaving.slice(0, gone))
    const columns = all.filter((column) => !without.has(column))
    const last = gone === leaving.length
    for (const tight of [false, true]) {
      best = measure(columns, lines, tight, available, last && tight)
      if (best.widths.reduce((sum, width) => sum + width + GAP, -GAP) <= available) return best
    }
  }
  return best as Fit<Row>
}

/** Widths of the cells, with those that may be cut brought down to what is left for them. */
function measure<Row>(
  columns: readonly Column<Row>[],
  lines: readonly Line<Row>[],
  tight: boolean,
  available: number,
  desperate: boolean,
): Fit<Row> {
  const cells = lines.map(({ row }) => columns.map(({ cell }) => cell(row, tight)))
  // Not by spreading: a list may be longer than a call may have arguments.
  const natural = columns.map(({ title }, index) =>
    cells.reduce((most, line) => Math.max(most, widthOf(line[index] ?? '')), widthOf(title)),
  )
  let over = natural.reduce((sum, width) => sum + width + GAP, -GAP) - available
  const widths = natural.map((width, index) => {
    const least = columns[index]?.cutTo?.[desperate ? 1 : 0]
    if (over <= 0 || least === undefined || width <= least) return width
    const cut = Math.min(over, width - least)
    over -= cut
    return width - cut
  })
  const cut = cells.map((line) => line.map((cell, index) => shorten(cell, widths[index] ?? 0, columns[index]?.cutFront === true)))
  return { columns, widths, cells: cut }
}

function shorten(text: string, width: number, front: boolean): string {
  if (widthOf(text) <= width) return text
  const characters = [...text]
  for (;;) {
    const over = widthOf(characters.join('')) - (width - 1)
    if (over <= 0 || characters.length === 0) break
    // None takes more than two columns, so that many can go at once.
    const surplus = Math.max(1, Math.floor(over / 2))
    if (front) characters.splice(0, surplus)
    else characters.splice(-surplus)
  }
  return front ? `…${characters.join('')}` : `${characters.join('').trimEnd()}…`
}
