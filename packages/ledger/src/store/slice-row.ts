import type { Tokens } from '@signalbox/usage/call'
import { type PriceTable, promptBand } from '@signalbox/usage/price-table'
import { countOf, type Slice } from '@signalbox/usage/slice'
import { placeColumns } from './labels.ts'

/** A row of `places`: the names of a slice. */
export type Place = Omit<Slice, keyof SliceNumbers | 'machine'>

/** The numbers of a slice. */
interface SliceNumbers extends Tokens {
  readonly quarter: number
  readonly band: number
  readonly calls: number
  readonly web_searches: number
  readonly unfinished: number
  readonly odd: number
  readonly first_at: number
  readonly last_at: number
}

/** The columns of a `Place`. */
export const PLACE_COLUMNS = placeColumns.join(', ')

/** The columns of a `SliceRow`. */
export const SLICE_COLUMNS =
  'quarter, place, band, calls, input, output, write_5m, write_1h, read, web_searches, unfinished, odd, first_at, last_at'
export type SliceRow = readonly number[]

/** The id of the place of a slice. */
export function placeOf(row: SliceRow): number {
  return row[1]!
}

/** @param bands by the band of the store, as `priceBands` gives them */
export function sliceOf(row: SliceRow, place: Place, bands: readonly number[]): Slice {
  return toSlice(place, {
    quarter: row[0]!,
    band: bands[row[2]!]!,
    calls: row[3]!,
    input: row[4]!,
    output: row[5]!,
    write_5m: row[6]!,
    write_1h: row[7]!,
    read: row[8]!,
    web_searches: row[9]!,
    unfinished: row[10]!,
    odd: row[11]!,
    first_at: row[12]!,
    last_at: row[13]!,
  })
}

/** @param numbers with the number of records; those that are no calls themselves count as none */
export function toSlice(place: Place, numbers: SliceNumbers): Slice {
  return {
    quarter: numbers.quarter,
    session: place.session,
    project: place.project,
    branch: place.branch,
    machine: '',
    model: place.model,
    speed: place.speed,
    service_tier: place.service_tier,
    inference_geo: place.inference_geo,
    agent: place.agent,
    outcome: place.outcome,
    source: place.source,
    band: numbers.band,
    calls: numbers.calls * countOf(place),
    input: numbers.input,
    output: numbers.output,
    write_5m: numbers.write_5m,
    write_1h: numbers.write_1h,
    read: numbers.read,
    web_searches: numbers.web_searches,
    unfinished: numbers.unfinished,
    odd: numbers.odd,
    first_at: numbers.first_at,
    last_at: numbers.last_at,
  }
}

/**
 * The band of a price table for each band of the store.
 * @param cuts the lengths in tokens at which the store cuts
 */
export function priceBands(cuts: readonly number[], thresholds: PriceTable['thresholds']): number[] {
  return [-1, ...cuts].map((above) => promptBand(thresholds, above + 1))
}
