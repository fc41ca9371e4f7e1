import { normaliseModel } from './model-name.ts'
import shipped from './price-table.json' with { type: 'json' }

/** Micro-dollars per million tokens of each class; whole numbers. */
export interface Prices {
  readonly input: number
  readonly write_5m: number
  readonly write_1h: number
  readonly read: number
  readonly output: number
}

/** The prices of a model from one moment on. */
export interface PricePeriod {
  /** Milliseconds; -Infinity for a model priced since ever. */
  readonly from: number
  /** One for each prompt band of the whole table, shortest prompts first. */
  readonly bands: readonly Prices[]
}

/** What a value of a call's field does to all its token prices. */
export type Multipliers = { readonly [field in MultiplierField]: ReadonlyMap<string, number> }
export type MultiplierField = 'speed' | 'service_tier' | 'inference_geo'

export interface ModelPrice {
  /** Oldest first. */
  readonly periods: readonly PricePeriod[]
  readonly multipliers: Multipliers
}

/** A price table as read; its file is described in docs/prices.md. */
export interface PriceTable {
  readonly version: string
  readonly date: string
  readonly source: string
  /** Micro-dollars for one web search. */
  readonly webSearch: number
  /** Prompt lengths at which some price changes, in tokens, ascending. */
  readonly thresholds: readonly number[]
  /** By normalised id. */
  readonly models: ReadonlyMap<string, ModelPrice>
}

/** A price table that cannot be used; the message has one line for each thing wrong, with its place in the file. */
export class PriceTableError extends Error {
  readonly problems: readonly { readonly path: string; readonly problem: string }[]
  constructor(problems: readonly { path: string; problem: string }[]) {
    super(problems.map(({ path, problem }) => `${path === '' ? 'the price table' : path} ${problem}`).join('\n'))
    this.name = 'PriceTableError'
    this.problems = problems
  }
}

const MICRO_PER_USD = 1_000_000
const classes = ['input', 'write_5m', 'write_1h', 'read', 'output'] as const
const fields = ['speed', 'service_tier', 'inference_geo'] as const

let shippedTable: PriceTable | undefined

/** The table that comes with Signalbox: API list prices. */
export function defaultPriceTable(): PriceTable {
  shippedTable ??= parsePriceTable(shipped)
  return shippedTable
}

/** The prompt lengths at which prices change, ascending; what `promptBand` and `sliceOf` are given. */
export function thresholds(table: PriceTable): readonly number[] {
  return table.thresholds
}

/** How many of the thresholds a prompt is above; a prompt of exactly a threshold is not above it. */
export function promptBand(thresholds: readonly number[], tokens: number): number {
  let band = 0
  while (band < thresholds.length && tokens > thresholds[band]!) band++
  return band
}

/**
 * Reads the JSON of a price table file.
 * A table with `"extends": "default"` changes the shipped one model by model; any other stands alone.
 * @throws PriceTableError naming everything wrong at once
 */
export function parsePriceTable(json: unknown): PriceTable {
  const reader = new Reader()
  const table = readTable(reader, json)
  if (reader.problems.length > 0) throw new PriceTableError(reader.problems)
  return table
}

/** A period whose bands are still those of its own model. */
interface OwnPeriod {
  from: number
  /** From this prompt length on (exclusive) these prices hold; the first is above -1. */
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
      fields.map((field) => [field, new Map([...own.multipliers[field], ...(model.multipliers[field] ?? [])])]),
    ) as Record<MultiplierField, Map<string, number>>
    const periods = model.periods.map(({ from, steps }) => ({
      from,
      bands: [-1, ...thresholds].map((above) => steps.findLast((step) => step.above <= above)!.prices),
    }))
    models.set(name, { periods, multipliers })
  }
  return { version: own.version, date: own.date, source: own.source, webSearch: own.webSearch, thresholds, models }
}

function readOwnTable(reader: Reader, json: unknown): OwnTable {
  const extending = typeof json === 'object' && json !== null && Object.hasOwn(json, 'extends')
  const must = ['version', 'date', 'models', ...(extending ? [] : ['web_search'])]
  const table = reader.object('', json, must, ['source', 'unit', 'note', 'extends', 'web_search', 'multipliers'])
  const version = reader.text('version', table.version)
  const date = reader.text('date', table.date)
  reader.day('date', table.date)
  const source = table.source === undefined ? '' : reader.text('source', table.source)
  let base: OwnTable | undefined
  if (table.extends === 'default') base = readOwnTable(reader, shipped)
  else if (table.extends !== undefined) reader.wrong('extends', 'must be "default", or not there for a table that stands alone')

  const multipliers = { ...(base?.multipliers ?? { speed: new Map(), service_tier: new Map(), inference_geo: new Map() }) }
  for (const [field, values] of Object.entries(readMultipliers(reader, 'multipliers', table.multipliers))) {
    multipliers[field as MultiplierField] = new Map([...multipliers[field as MultiplierField], ...values])
  }
  const webSearch = table.web_search === undefined && base ? base.webSearch : reader.dollars('web_search', table.web_search)
  const models = new Map(base?.models)
  const named = new Map<string, string>()
  for (const [index, entry] of reader.list('models', table.models).entries()) {
    const path = `models[${index}]`
    const model = reader.object(path, entry, ['names', 'prices'], ['multipliers', 'source', 'note'])
    const read: OwnModel = {
      periods: readPeriods(reader, `${path}.prices`, model.prices),
      multipliers: readMultipliers(reader, `${path}.multipliers`, model.multipliers),
    }
    for (const [at, name] of reader.list(`${path}.names`, model.names).entries()) {
      // Whoever writes a table copies the name from a report, with its date.
      const id = normaliseModel(reader.text(`${path}.names[${at}]`, name))
      const other = named.get(id)
      if (other !== undefined) reader.wrong(`${path}.names[${at}]`, `is "${id}", which ${other} has already`)
      named.set(id, `${path}.names[${at}]`)
      models.set(id, read)
    }
  }
  return { version, date, source, webSearch, multipliers, models }
}

function readPeriods(reader: Reader, path: string, json: unknown): OwnPeriod[] {
  const periods = reader.list(path, json).map((entry, index): OwnPeriod => {
    const at = `${path}[${index}]`
    const period = reader.object(at, entry, classes, ['from', 'above', 'source', 'note'])
    const steps = [{ above: -1, prices: readPrices(reader, at, period) }]
    if (period.above !== undefined) {
      for (const [nth, band] of reader.list(`${at}.above`, period.above).entries()) {
        const place = `${at}.above[${nth}]`
        const step = reader.object(place, band, ['prompt', ...classes], ['source', 'note'])
        const above = reader.tokens(`${place}.prompt`, step.prompt)
        if (above <= steps.at(-1)!.above) reader.wrong(`${place}.prompt`, 'must be more than the one before it')
        steps.push({ above, prices: readPrices(reader, place, step) })
      }
    }
    return { from: period.from === undefined ? Number.NEGATIVE_INFINITY : reader.day(`${at}.from`, period.from), steps }
  })
  for (let index = 1; index < periods.length; index++) {
    if (!(periods[index]!.from > periods[index - 1]!.from)) reader.wrong(`${path}[${index}].from`, 'must be later than the one before it')
  }
  return periods
}

function readPrices(reader: Reader, path: string, json: Record<string, unknown>): Prices {
  const [input, write_5m, write_1h, read, output] = classes.map((name) => reader.dollars(`${path}.${name}`, json[name]))
  return { input: input!, write_5m: write_5m!, write_1h: write_1h!, read: read!, output: output! }
}

function readMultipliers(reader: Reader, path: string, json: unknown): Partial<Record<MultiplierField, Map<string, number>>> {
  if (json === undefined) return {}
  const read: Partial<Record<MultiplierField, Map<string, number>>> = {}
  const given = reader.object(path, json, [], fields)
  for (const field of fields) {
    if (given[field] === undefined) continue
    const values = reader.object(`${path}.${field}`, given[field])
    read[field] = new Map(Object.entries(values).map(([value, factor]) => [value, reader.factor(`${path}.${field}.${value}`, factor)]))
  }
  return read
}

/** Reads values of unknown JSON, noting what is wrong and going on with something harmless. */
class Reader {
  readonly problems: { path: string; problem: string }[] = []

  wrong(path: string, problem: string): void {
    this.problems.push({ path, problem })
  }

  object(path: string, json: unknown, must?: readonly string[], may: readonly string[] = []): Record<string, unknown> {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      this.wrong(path, `must be an object, not ${kind(json)}`)
      return {}
    }
    const given = json as Record<string, unknown>
    for (const name of must ?? []) if (!Object.hasOwn(given, name)) this.wrong(join(path, name), 'is missing')
    for (const name of must === undefined ? [] : Object.keys(given)) {
      if (!must?.includes(name) && !may.includes(name)) {
        this.wrong(join(path, name), `is not known here; known are ${[...new Set([...(must ?? []), ...may])].join(', ')}`)
      }
    }
    return given
  }

  list(path: string, json: unknown): unknown[] {
    if (json === undefined) return []
    if (Array.isArray(json) && json.length > 0) return json
    this.wrong(path, `must be a list with at least one entry, not ${Array.isArray(json) ? 'an empty one' : kind(json)}`)
    return []
  }

  text(path: string, json: unknown): string {
    if (typeof json === 'string' && json !== '') return json
    if (json !== undefined) this.wrong(path, `must be a text, not ${kind(json)}`)
    return ''
  }

  /** @returns micro-dollars */
  dollars(path: string, json: unknown): number {
    return this.#decimal(path, json, 1_000_000, MICRO_PER_USD, 'an amount of dollars from 0 to 1,000,000 with at most six decimals')
  }

  /** @returns the factor in ten-thousandths, so that products stay whole */
  factor(path: string, json: unknown): number {
    return this.#decimal(path, json, 1_000, 10_000, 'a factor from 0 to 1,000 with at most four decimals')
  }

  tokens(path: string, json: unknown): number {
    if (Number.isSafeInteger(json) && (json as number) > 0) return json as number
    if (json !== undefined) this.wrong(path, `must be a whole number of tokens above 0, not ${kind(json)}`)
    return Number.NaN
  }

  /** @returns milliseconds at which that day begins in UTC */
  day(path: string, json: unknown): number {
    const at = typeof json === 'string' && /^\d{4}-\d\d-\d\d$/.test(json) ? Date.parse(json) : Number.NaN
    // Date.parse takes the 31st of a month of 30 days for the 1st of the next.
    if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(json as string)) return at
    if (json !== undefined) this.wrong(path, `must be a day such as 2026-03-13, not ${kind(json)}`)
    return Number.NaN
  }

  #decimal(path: string, json: unknown, most: number, scale: number, wanted: string): number {
    if (typeof json === 'number' && json >= 0 && json <= most) {
      const scaled = Math.round(json * scale)
      if (scaled / scale === json) return scaled
    }
    if (json !== undefined) this.wrong(path, `must be ${wanted}, not ${kind(json)}`)
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
