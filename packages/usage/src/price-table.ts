import { type TokenClass, tokenClasses } from './call.ts'
import { readModelName } from './model-name.ts'
import shipped from './price-table.json' with { type: 'json' }

/** The price of each token class, in whole micro-dollars per million tokens. */
export type Prices = { readonly [name in TokenClass]: number }

/** The prices of a model from one instant on. */
export interface PricePeriod {
  /** Milliseconds since 1970; -Infinity when the prices have no start. */
  readonly from: number
  /** One entry for each prompt band of the whole table, shortest prompts first. */
  readonly bands: readonly Prices[]
}

/** The factors by which a value of a field multiplies all token prices of a call. */
export type Multipliers = { readonly [field in MultiplierField]: ReadonlyMap<string, number> }
export type MultiplierField = 'speed' | 'service_tier' | 'inference_geo'

export interface ModelPrice {
  /** Oldest first. */
  readonly periods: readonly PricePeriod[]
  readonly multipliers: Multipliers
}

/** A parsed price table. The file format is described in docs/prices.md. */
export interface PriceTable {
  readonly version: string
  readonly date: string
  readonly source: string
  /** The price of one web search, in micro-dollars. */
  readonly webSearch: number
  /** The prompt lengths at which a price changes, in tokens, ascending. `promptBand` and `toSlice` take them. */
  readonly thresholds: readonly number[]
  /** The models by name, exactly as the table writes it. */
  readonly models: ReadonlyMap<string, ModelPrice>
  /** By normalised name, the models whose own name is another; only where it means a single one. */
  readonly aliases: ReadonlyMap<string, ModelPrice>
}

/** A price table is invalid. The message has one line for each problem, with its path in the file. */
export class PriceTableError extends Error {
  readonly problems: readonly { readonly path: string; readonly problem: string }[]
  constructor(problems: readonly { path: string; problem: string }[]) {
    super(problems.map(({ path, problem }) => `${path === '' ? 'the price table' : path} ${problem}`).join('\n'))
    this.name = 'PriceTableError'
    this.problems = problems
  }
}

const MICRO_PER_USD = 1_000_000
const multiplierFields = ['speed', 'service_tier', 'inference_geo'] as const

let shippedTable: PriceTable | undefined

/** The price table shipped with Signalbox: API list prices. */
export function defaultPriceTable(): PriceTable {
  shippedTable ??= parsePriceTable(shipped)
  return shippedTable
}

/**
 * Finds the price of a model: of its name exactly as written, else of what the name means. So a table can give two ways to
 * write a model two prices.
 * @returns the price, and the speed that it has to be multiplied for; null when the table has no row for the model
 */
export function findPrice(table: PriceTable, model: string): { price: ModelPrice; speed: string } | null {
  const { id, isFast } = readModelName(model)
  const own = table.models.get(model) ?? byName(table, keyOf(id, isFast))
  if (own !== undefined) return { price: own, speed: '' }
  const slow = isFast ? byName(table, id) : undefined
  // Without a multiplier, the price of fast mode is unknown.
  return slow?.multipliers.speed.has('fast') ? { price: slow, speed: 'fast' } : null
}

function byName(table: PriceTable, name: string): ModelPrice | undefined {
  return table.models.get(name) ?? table.aliases.get(name)
}

function keyOf(id: string, isFast: boolean): string {
  return isFast ? `${id}-fast` : id
}

/** What the names of a table mean, where that is no name of the table itself and not two models with different prices. */
function aliasesOf(models: ReadonlyMap<string, OwnModel>): Map<string, string> {
  const aliases = new Map<string, string>()
  const ambiguous = new Set<string>()
  for (const [name, model] of models) {
    const { id, isFast } = readModelName(name)
    const alias = keyOf(id, isFast)
    if (models.has(alias)) continue
    const other = aliases.get(alias)
    if (other !== undefined && models.get(other) !== model) ambiguous.add(alias)
    aliases.set(alias, name)
  }
  for (const alias of ambiguous) aliases.delete(alias)
  return aliases
}

/** Creates prices from a function of the token class. */
export function byTokenClass(price: (name: TokenClass) => number): Prices {
  return Object.fromEntries(tokenClasses.map((name) => [name, price(name)])) as Prices
}

/** The number of thresholds that a prompt exceeds; a prompt of exactly a threshold does not exceed it. */
export function promptBand(thresholds: readonly number[], tokens: number): number {
  let band = 0
  while (band < thresholds.length && tokens > thresholds[band]!) band++
  return band
}

/**
 * Parses the JSON of a price table file.
 * A table with `"extends": "default"` replaces single models of the shipped table; any other table stands alone.
 * @throws PriceTableError with all problems
 */
export function parsePriceTable(json: unknown): PriceTable {
  const reader = new Reader()
  const table = readTable(reader, json)
  if (reader.problems.length > 0) throw new PriceTableError(reader.problems)
  return table
}

/** A price period with the bands of its own model, before the bands of all models are combined. */
interface OwnPeriod {
  from: number
  /** Prices for prompts above a length; the first step is above -1. */
  steps: { above: number; prices: Prices }[]
}
interface OwnModel {
  periods: OwnPeriod[]
  multipliers: Partial<Record<MultiplierField, Map<string, number>>>
}
interface OwnTable {
  version: string
  date: string
  source: string
  webSearch: number
  multipliers: Record<MultiplierField, Map<string, number>>
  models: Map<string, OwnModel>
}

function readTable(reader: Reader, json: unknown): PriceTable {
  const own = readOwnTable(reader, json)
  const thresholds = [
    ...new Set([...own.models.values()].flatMap(({ periods }) => periods.flatMap(({ steps }) => steps.map(({ above }) => above)))),
  ]
    .filter((above) => above >= 0)
    .sort((a, b) => a - b)
  const models = new Map<string, ModelPrice>()
  for (const [name, model] of own.models) {
    const multipliers = Object.fromEntries(
      multiplierFields.map((field) => [field, new Map([...own.multipliers[field], ...(model.multipliers[field] ?? [])])]),
    ) as Record<MultiplierField, Map<string, number>>
    const periods = model.periods.map(({ from, steps }) => ({
      from,
      bands: [-1, ...thresholds].map((above) => steps.findLast((step) => step.above <= above)!.prices),
    }))
    models.set(name, { periods, multipliers })
  }
  let aliases: Map<string, ModelPrice> | undefined
  return {
    version: own.version,
    date: own.date,
    source: own.source,
    webSearch: own.webSearch,
    thresholds,
    models,
    // Most names are written as the table has them, and a short command needs no others.
    get aliases() {
      aliases ??= new Map([...aliasesOf(own.models)].map(([alias, name]) => [alias, models.get(name)!]))
      return aliases
    },
  }
}

function readOwnTable(reader: Reader, json: unknown): OwnTable {
  const extending = typeof json === 'object' && json !== null && Object.hasOwn(json, 'extends')
  const required = ['version', 'date', 'models', ...(extending ? [] : ['web_search'])]
  const table = reader.object('', json, required, ['source', 'unit', 'note', 'extends', 'web_search', 'multipliers'])
  const version = reader.text('version', table.version)
  const date = reader.text('date', table.date)
  reader.day('date', table.date)
  const source = table.source === undefined ? '' : reader.text('source', table.source)
  let base: OwnTable | undefined
  if (table.extends === 'default') base = readOwnTable(reader, shipped)
  else if (table.extends !== undefined) reader.report('extends', 'must be "default", or not there for a table that stands alone')

  const multipliers = { ...(base?.multipliers ?? { speed: new Map(), service_tier: new Map(), inference_geo: new Map() }) }
  for (const [field, values] of Object.entries(readMultipliers(reader, 'multipliers', table.multipliers))) {
    multipliers[field as MultiplierField] = new Map([...multipliers[field as MultiplierField], ...values])
  }
  const webSearch = table.web_search === undefined && base ? base.webSearch : reader.dollars('web_search', table.web_search)
  const models = new Map(base?.models)
  const pathOfName = new Map<string, string>()
  for (const [index, entry] of reader.list('models', table.models).entries()) {
    const path = `models[${index}]`
    const model = reader.object(path, entry, ['names', 'prices'], ['multipliers', 'source', 'note'])
    const read: OwnModel = {
      periods: readPeriods(reader, `${path}.prices`, model.prices),
      multipliers: readMultipliers(reader, `${path}.multipliers`, model.multipliers),
    }
    for (const [at, given] of reader.list(`${path}.names`, model.names).entries()) {
      const name = reader.text(`${path}.names[${at}]`, given)
      const other = pathOfName.get(name)
      if (other !== undefined) reader.report(`${path}.names[${at}]`, `is "${name}", which ${other} has already`)
      pathOfName.set(name, `${path}.names[${at}]`)
      models.set(name, read)
    }
  }
  return { version, date, source, webSearch, multipliers, models }
}

function readPeriods(reader: Reader, path: string, json: unknown): OwnPeriod[] {
  const periods = reader.list(path, json).map((entry, index): OwnPeriod => {
    const at = `${path}[${index}]`
    const period = reader.object(at, entry, tokenClasses, ['from', 'above', 'source', 'note'])
    const steps = [{ above: -1, prices: readPrices(reader, at, period) }]
    if (period.above !== undefined) {
      for (const [nth, band] of reader.list(`${at}.above`, period.above).entries()) {
        const place = `${at}.above[${nth}]`
        const step = reader.object(place, band, ['prompt', ...tokenClasses], ['source', 'note'])
        const above = reader.tokens(`${place}.prompt`, step.prompt)
        if (above <= steps.at(-1)!.above) reader.report(`${place}.prompt`, 'must be more than the one before it')
        steps.push({ above, prices: readPrices(reader, place, step) })
      }
    }
    return { from: period.from === undefined ? Number.NEGATIVE_INFINITY : reader.day(`${at}.from`, period.from), steps }
  })
  for (let index = 1; index < periods.length; index++) {
    if (!(periods[index]!.from > periods[index - 1]!.from)) reader.report(`${path}[${index}].from`, 'must be later than the one before it')
  }
  return periods
}

function readPrices(reader: Reader, path: string, json: Record<string, unknown>): Prices {
  return byTokenClass((name) => reader.dollars(`${path}.${name}`, json[name]))
}

function readMultipliers(reader: Reader, path: string, json: unknown): Partial<Record<MultiplierField, Map<string, number>>> {
  if (json === undefined) return {}
  const read: Partial<Record<MultiplierField, Map<string, number>>> = {}
  const given = reader.object(path, json, [], multiplierFields)
  for (const field of multiplierFields) {
    if (given[field] === undefined) continue
    const values = reader.object(`${path}.${field}`, given[field])
    read[field] = new Map(Object.entries(values).map(([value, factor]) => [value, reader.factor(`${path}.${field}.${value}`, factor)]))
  }
  return read
}

/** Validates unknown JSON. Problems are collected, and validation continues with a harmless value. */
class Reader {
  readonly problems: { path: string; problem: string }[] = []

  report(path: string, problem: string): void {
    this.problems.push({ path, problem })
  }

  object(path: string, json: unknown, required?: readonly string[], optional: readonly string[] = []): Record<string, unknown> {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      this.report(path, `must be an object, not ${kind(json)}`)
      return {}
    }
    const given = json as Record<string, unknown>
    for (const name of required ?? []) if (!Object.hasOwn(given, name)) this.report(join(path, name), 'is missing')
    for (const name of required === undefined ? [] : Object.keys(given)) {
      if (!required?.includes(name) && !optional.includes(name)) {
        this.report(join(path, name), `is not known here; known are ${[...new Set([...(required ?? []), ...optional])].join(', ')}`)
      }
    }
    return given
  }

  list(path: string, json: unknown): unknown[] {
    if (json === undefined) return []
    if (Array.isArray(json) && json.length > 0) return json
    this.report(path, `must be a list with at least one entry, not ${Array.isArray(json) ? 'an empty one' : kind(json)}`)
    return []
  }

  text(path: string, json: unknown): string {
    if (typeof json === 'string' && json !== '') return json
    if (json !== undefined) this.report(path, `must be a text, not ${kind(json)}`)
    return ''
  }

  /** @returns micro-dollars */
  dollars(path: string, json: unknown): number {
    return this.#decimal(path, json, 1_000_000, MICRO_PER_USD, 'an amount of dollars from 0 to 1,000,000 with at most six decimals')
  }

  /** @returns the factor in ten-thousandths, so that products stay integers */
  factor(path: string, json: unknown): number {
    return this.#decimal(path, json, 1_000, 10_000, 'a factor from 0 to 1,000 with at most four decimals')
  }

  tokens(path: string, json: unknown): number {
    if (Number.isSafeInteger(json) && (json as number) > 0) return json as number
    if (json !== undefined) this.report(path, `must be a whole number of tokens above 0, not ${kind(json)}`)
    return Number.NaN
  }

  /** @returns the start of the day in UTC, in milliseconds since 1970 */
  day(path: string, json: unknown): number {
    const at = typeof json === 'string' && /^\d{4}-\d\d-\d\d$/.test(json) ? Date.parse(json) : Number.NaN
    // Date.parse accepts the 31st of a month of 30 days as the 1st of the next month.
    if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(json as string)) return at
    if (json !== undefined) this.report(path, `must be a day such as 2026-03-13, not ${kind(json)}`)
    return Number.NaN
  }

  #decimal(path: string, json: unknown, max: number, scale: number, expected: string): number {
    if (typeof json === 'number' && json >= 0 && json <= max) {
      const scaled = Math.round(json * scale)
      if (scaled / scale === json) return scaled
    }
    if (json !== undefined) this.report(path, `must be ${expected}, not ${kind(json)}`)
    return 0
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function kind(json: unknown): string {
  if (Array.isArray(json)) return 'a list'
  if (typeof json === 'object' && json !== null) return 'an object'
  return JSON.stringify(json) ?? 'nothing'
}
