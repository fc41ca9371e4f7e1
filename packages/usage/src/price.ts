import { REFUSED, type Tokens } from './call.ts'
import { byTokenClass, findPrice, type ModelPrice, type MultiplierField, type Prices, type PriceTable } from './price-table.ts'
import { QUARTER_HOUR_MS, type Slice } from './slice.ts'

/** The fields of a slice that determine its cost. */
export type PricedSlice = Tokens &
  Pick<Slice, 'quarter' | 'model' | 'speed' | 'service_tier' | 'inference_geo' | 'outcome' | 'band' | 'web_searches'>

/** The prices of a model from one instant on, for one combination of speed, tier and region. */
export interface Rate {
  /** Milliseconds since 1970. */
  readonly from: number
  /** Micro-dollars per million tokens, by prompt band. */
  readonly bands: readonly Prices[]
}

/** All prices of a model, by combination of speed, tier and region; multiplied out on first use. Newest prices first. */
export interface ModelRates {
  readonly price: ModelPrice
  /** The speed that the name of the model says, which then counts instead of the call's; else the empty text. */
  readonly speed: string
  readonly plain: readonly Rate[]
  readonly others: Map<string, readonly Rate[]>
}

/** The most cached names of a table. Names come from files, so the cache has to be bounded. */
const MAX_CACHED_NAMES = 2_000
/** The rates of each table by the model name as Claude Code wrote it. */
const rateCache = new WeakMap<PriceTable, Map<string, ModelRates | null>>()

/** Finds the rates of a model. @returns null when the table has no row for the model */
export function findRates(table: PriceTable, model: string): ModelRates | null {
  let models = rateCache.get(table)
  if (models === undefined) {
    models = new Map()
    rateCache.set(table, models)
  }
  let rates = models.get(model)
  if (rates === undefined) {
    const found = findPrice(table, model)
    rates = found === null ? null : { ...found, plain: multiply(found.price, found.speed, '', ''), others: new Map() }
    if (models.size >= MAX_CACHED_NAMES) models.clear()
    models.set(model, rates)
  }
  return rates
}

/**
 * Calculates the cost of a slice at list price.
 * @param rates of the slice's model
 * @returns pico-dollars, as a number where that is exact; null when the model had no price at that time
 */
export function sliceCost(table: PriceTable, rates: ModelRates, slice: PricedSlice): number | bigint | null {
  const prices = slicePrices(rates, slice)
  if (prices === undefined) return null
  // A refusal before any output is not billed.
  if (slice.outcome === REFUSED) return 0
  const cost =
    slice.input * prices.input +
    slice.write_5m * prices.write_5m +
    slice.write_1h * prices.write_1h +
    slice.read * prices.read +
    slice.output * prices.output +
    slice.web_searches * table.webSearch * 1_000_000
  // All terms are non-negative integers, so a sum in this range is exact.
  if (cost <= Number.MAX_SAFE_INTEGER) return cost
  return (
    BigInt(slice.input) * BigInt(prices.input) +
    BigInt(slice.write_5m) * BigInt(prices.write_5m) +
    BigInt(slice.write_1h) * BigInt(prices.write_1h) +
    BigInt(slice.read) * BigInt(prices.read) +
    BigInt(slice.output) * BigInt(prices.output) +
    BigInt(slice.web_searches) * BigInt(table.webSearch) * 1_000_000n
  )
}

/** The prices of a slice. @returns undefined when the model had none at that time */
export function slicePrices(
  rates: ModelRates,
  slice: Pick<PricedSlice, 'quarter' | 'speed' | 'service_tier' | 'inference_geo' | 'band'>,
): Prices | undefined {
  return pricesAt(ratesFor(rates, slice), slice.quarter * QUARTER_HOUR_MS, slice.band)
}

function pricesAt(rates: readonly Rate[], at: number, band: number): Prices | undefined {
  for (const { from, bands } of rates) if (at >= from) return bands[band < bands.length ? band : bands.length - 1]
  return undefined
}

function ratesFor(
  rates: ModelRates,
  { speed: ofCall, service_tier, inference_geo }: Pick<PricedSlice, 'speed' | 'service_tier' | 'inference_geo'>,
): readonly Rate[] {
  const { multipliers } = rates.price
  const speed = rates.speed === '' ? ofCall : rates.speed
  // This check runs once per slice, and nearly all slices have no multiplier but that of the name.
  const isPlain = speed === rates.speed || !multipliers.speed.has(speed)
  if (isPlain && !multipliers.service_tier.has(service_tier) && !multipliers.inference_geo.has(inference_geo)) return rates.plain
  const key = `${speed}\n${service_tier}\n${inference_geo}`
  let multipliedRates = rates.others.get(key)
  if (multipliedRates === undefined) {
    multipliedRates = multiply(rates.price, speed, service_tier, inference_geo)
    if (rates.others.size >= MAX_CACHED_NAMES) rates.others.clear()
    rates.others.set(key, multipliedRates)
  }
  return multipliedRates
}

function multiply({ periods, multipliers }: ModelPrice, speed: string, tier: string, geo: string): readonly Rate[] {
  const factor = (field: MultiplierField, value: string) => BigInt(multipliers[field].get(value) ?? 10_000)
  const all = factor('speed', speed) * factor('service_tier', tier) * factor('inference_geo', geo)
  const one = 1_000_000_000_000n
  const times = (price: number) => Number((BigInt(price) * all + one / 2n) / one)
  const rates = periods.map(({ from, bands }) => ({
    from,
    bands: all === one ? bands : bands.map((prices) => byTokenClass((name) => times(prices[name]))),
  }))
  return rates.reverse()
}
