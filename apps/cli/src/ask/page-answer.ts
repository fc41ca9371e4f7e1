import { readSettings } from '@signalbox/contract/setting'
import type { Call } from '@signalbox/intent/call'
import { priceRows } from '@signalbox/usage/price-rows'
import type { Io } from '../io.ts'
import { readPriceTable } from '../price-file.ts'

/** What a term means, and how something is done; the documents say more. */
const help: Readonly<Record<string, string>> = {
  assistant:
    'Ask about sessions, tasks, machines, usage and cost, plan limits, and what happened. For example: signalbox ask "what did I spend yesterday?"',
  stalled: 'A session is stalled when its heartbeat is overdue. Its next heartbeat restores its former status; see docs/state.md.',
  block:
    'A block is five hours of usage, from the first call on. Its burn rate is the cost and the tokens of its time so far; see docs/glossary.md.',
  'burn rate': 'The burn rate is what the active block uses per hour, by its calls so far.',
  'list price':
    "Costs are list-price equivalents: what the same calls cost at the price of the API. Your plan's price is different; see docs/prices.md.",
  slot: 'A slot is a numbered place for one session on a machine; see docs/glossary.md.',
  collector: 'The collector runs on every machine, reads transcripts and plan limits, and sends them to the hub; see docs/collector.md.',
  hub: 'The hub keeps sessions, usage and limits of all machines, and serves the page; see docs/glossary.md.',
  connect: "On the hub's machine run `signalbox machines invite`, and on the other one `signalbox connect URL CODE`; see docs/connect.md.",
  keys: "Run `signalbox keys create NAME --scopes read` on the hub's machine.",
}

/** An answer that needs no hub: a term, a price, the page. Undefined for every other call. */
export function pageAnswer(io: Io, { tool, arguments: args }: Call): string | undefined {
  switch (tool) {
    case 'help':
      return help[String(args.topic)]
    case 'price_show':
      return describePrices(io, args.model as string | undefined)
    case 'navigate':
      return `That is a screen of the page: signalbox open`
    case 'look_set':
      return 'The appearance is a setting of the page: signalbox open, then Settings.'
    case 'alert_set':
      return 'What is worth an alert is a rule. Nothing was changed; see: signalbox rules add --help'
    default:
      return undefined
  }
}

function describePrices(io: Io, model: string | undefined): string {
  const table = readPriceTable(readSettings(io.env, ['PRICE_TABLE']).PRICE_TABLE)
  const rows = priceRows(table).filter((row) => model === undefined || row.model.includes(model))
  if (rows.length === 0) return `The price table has no model "${model}". See: signalbox prices`
  const usd = (micro: number) => `$${(micro / 1e6).toFixed(2)}`
  const lines = rows.map(
    ({ model, prices }) => `${model}: input ${usd(prices.input)}, output ${usd(prices.output)}, cache read ${usd(prices.read)}`,
  )
  return [...new Set(lines), `List price per million tokens, table of ${table.date}.`].join('\n')
}
