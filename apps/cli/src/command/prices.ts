import { formatInteger } from '@signalbox/contract/number-text'
import { readSettings } from '@signalbox/contract/setting'
import { priceRows } from '@signalbox/usage/price-rows'
import type { Prices, PriceTable } from '@signalbox/usage/price-table'
import type { Command } from 'commander'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { readPriceTable } from '../price-file.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'

interface Row {
  readonly model: string
  readonly from: string
  readonly prompt: string
  readonly prices: Prices
}

export function prices(command: Command, io: Io): void {
  command
    .option('--json', 'print the table as JSON')
    .addHelpText(
      'after',
      `
To use another table, set PRICE_TABLE=/path/prices.json. The format is in docs/prices.md.

Examples:
  signalbox prices
  signalbox prices --json | jq '.rows[].model'`,
    )
    .action(({ json }: { json?: true }) => {
      const { PRICE_TABLE: file } = readSettings(io.env, ['PRICE_TABLE'])
      const table = readPriceTable(file)
      const rows = rowsOf(table)
      if (json) return void io.stdout.write(`${JSON.stringify(toJson(table, rows), null, 2)}\n`)
      io.stdout.write(
        renderTable(
          columns,
          rows.map((row) => ({ row })),
          createTerminal(io),
        ),
      )
      io.stdout.write(`
USD per million tokens, list price. Version ${table.version} of ${table.date}; source ${table.source}
Loaded from ${file === undefined ? 'the built-in table' : formatPath(file)}. A model that is not listed is shown without a cost.
Multipliers for fast mode, batch and US inference, and the price of a web search, are in the file; see docs/prices.md.
`)
    })
}

const price = (title: string, of: (prices: Prices) => number): Column<Row> => ({
  title,
  align: 'right',
  cell: ({ prices }) => dollars(of(prices)),
})

const columns: readonly Column<Row>[] = [
  { title: 'Model', cell: ({ model }) => model, minWidths: [16, 10] },
  { title: 'From', cell: ({ from }) => from },
  { title: 'Prompt', cell: ({ prompt }) => prompt },
  price('Input', ({ input }) => input),
  price('Write 5m', ({ write_5m }) => write_5m),
  price('Write 1h', ({ write_1h }) => write_1h),
  price('Read', ({ read }) => read),
  price('Output', ({ output }) => output),
]

/** Micro-dollars as dollars, with at least two decimals. */
function dollars(micro: number): string {
  const text = String(micro / 1e6)
  return (text.split('.')[1] ?? '').length > 2 ? text : (micro / 1e6).toFixed(2)
}

function rowsOf(table: PriceTable): Row[] {
  return priceRows(table).map(({ model, from = '', over, up_to, prices }) => ({
    model,
    from,
    prompt: [over === undefined ? '' : `> ${formatInteger(over)}`, up_to === undefined ? '' : `≤ ${formatInteger(up_to)}`]
      .filter((text) => text !== '')
      .join(', '),
    prices,
  }))
}

function toJson(table: PriceTable, rows: readonly Row[]) {
  const { version, date, source } = table
  const usd = (micro: number) => micro / 1e6
  return {
    version,
    date,
    source,
    web_search: usd(table.webSearch),
    rows: rows.map(({ model, from, prompt, prices }) => ({
      model,
      ...(from === '' ? {} : { from }),
      ...(prompt === '' ? {} : { prompt }),
      input: usd(prices.input),
      write_5m: usd(prices.write_5m),
      write_1h: usd(prices.write_1h),
      read: usd(prices.read),
      output: usd(prices.output),
    })),
  }
}
