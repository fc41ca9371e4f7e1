import type { Call } from '@signalbox/contract/call'
import { normaliseModel } from './model-name.ts'
import type { ModelPrice, MultiplierField, Prices, PriceTable } from './price-table.ts'
import { QUARTER, type Slice, sliceOf } from './slice.ts'

/** What decides the price of a token. */
export type Priced = Pick<
  Slice,
  | 'quarter'
  | 'model'
  | 'speed'
  | 'service_tier'
  | 'inference_geo'
  | 'band'
  | 'input'
  | 'output'
  | 'write_5m'
  | 'write_1h'
  | 'read'
  | 'web_searches'
>

/** The prices of one model under one choice of speed, tier and place, newest first. */
export interface Rate {
  /** Milliseconds. */
  readonly from: number
  /** Micro-dollars per million tokens, by prompt band. */
  readonly bands: readonly Prices[]
}

/** All prices of one model, multiplied out when they are first asked for. */
export interface ModelRates {
  readonly price: ModelPrice
  readonly plain: readonly Rate[]
  readonly others: Map<string, readonly Rate[]>
}

/** One table's prices by the name Claude Code wrote. Names come from files, so the memory for them has an end. */
const MAX_REMEMBERED = 2_000
const remembered = new WeakMap<PriceTable, Map<string, ModelRates | null>>()

/** @returns null when the table has no row for the model */
export function ratesOf(table: PriceTable, model: string): ModelRates | null {
  let models = remembered.get(table)
  if (models === undefined) {
    models = new Map()
    remembered.set(table, models)
  }
  let rates = models.get(model)
  if (rates === undefined) {
    const price = table.models.get(normaliseModel(model))
    rates = price === undefined ? null : { price, plain: multiplied(price, '', '', ''), others: new Map() }
    if (models.size >= MAX_REMEMBERED) models.clear()
    models.set(model, rates)
  }
  return rates
}

/**
 * @param rates of the slice's model
 * @returns pico-dollars, as a number where that is exact; null when the model had no price yet
 */
export function costOf(table: PriceTable, rates: ModelRates, slice: Priced): number | bigint | null {
  const prices = pricesAt(ratesFor(rates, slice), slice.quarter * QUARTER, slice.band)
  if (prices === undefined) return null
  const cost =
    slice.input * prices.input +
    slice.write_5m * prices.write_5m +
    slice.write_1h * prices.write_1h +
    slice.read * prices.read +
    slice.output * prices.output +
    slice.web_searches * table.webSearch * 1_000_000
  // Every part is a whole number and none is negative: a sum this small was exact all along.
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

/**
 * What a slice costs at list price.
 * @returns pico-dollars; null when its model has no price at that time, which is not the same as costing nothing
 */
export function priceSlice(table: PriceTable, slice: Priced): bigint | null {
  const rates = ratesOf(table, slice.model)
  const cost = rates === null ? null : costOf(table, rates, slice)
  return cost === null ? null : BigInt(cost)
}

/** The same for one call. */
export function priceCall(table: PriceTable, call: Call): bigint | null {
  return priceSlice(table, sliceOf(call, table.thresholds))
}

function pricesAt(rates: readonly Rate[], at: number, band: number): Prices | undefined {
  for (const { from, bands } of rates) if (at >= from) return bands[band < bands.length ? band : bands.length - 1]
  return undefined
}

function ratesFor(rates: ModelRates, { speed, service_tier, inference_geo }: Priced): readonly Rate[] {
  const { multipliers } = rates.price
  // Nearly no call is one of these, and they are asked for once per slice.
  if (!multipliers.speed.has(speed) && !multipliers.service_tier.has(service_tier) && !multipliers.inference_geo.has(inference_geo)) {
    return rates.plain
  }
  const key = `${speed}\n${service_tier}\n${inference_geo}`
  let found = rates.others.get(key)
  if (found === undefined) {
    found = multiplied(rates.price, speed, service_tier, inference_geo)
    if (rates.others.size >= MAX_REMEMBERED) rates.others.clear()
    rates.others.set(key, found)
  }
  return found
}

function multiplied({ periods, multipliers }: ModelPrice, speed: string, tier: string, geo: string): readonly Rate[] {
  const factor = (field: MultiplierField, value: string) => BigInt(multipliers[field].get(value) ?? 10_000)
  const all = factor('speed', speed) * factor('service_tier', tier) * factor('inference_geo', geo)
  const one = 1_000_000_000_000n
  const times = (price: number) => Number((BigInt(price) * all + one / 2n) / one)
  const rates = periods.map(({ from, bands }) => ({
    from,
    bands:
      all === one
        ? bands
        : bands.map(({ input, write_5m, write_1h, read, output }) => ({
            input: times(input),
            write_5m: times(write_5m),
            write_1h: times(write_1h),
            read: times(read),
            output: times(output),
          })),
  }))
  return rates.reverse()
}
