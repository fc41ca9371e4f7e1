import { type PriceTable, promptBand } from '@signalbox/usage/price-table'
import type { Slice } from '@signalbox/usage/slice'

/** A row of `places`: the names of a slice. */
export type Place = Pick<Slice, 'session' | 'project' | 'branch' | 'model' | 'speed' | 'service_tier' | 'inference_geo'>

/** The columns of a `SliceRow`. */
export const SLICE_COLUMNS = 'quarter, place, band, calls, input, output, write_5m, write_1h, read, web_searches, first_at, last_at'
export type SliceRow = readonly number[]

/** The id of the place of a slice. */
export function placeOf(row: SliceRow): number {
  return row[1]!
}

/** @param bands by the band of the store, as `priceBands` gives them */
export function sliceOf(row: SliceRow, place: Place, bands: readonly number[]): Slice {
  return {
    quarter: row[0]!,
    session: place.session,
    project: place.project,
    branch: place.branch,
    machine: '',
    model: place.model,
    speed: place.speed,
    service_tier: place.service_tier,
    inference_geo: place.inference_geo,
    band: bands[row[2]!]!,
    calls: row[3]!,
    input: row[4]!,
    output: row[5]!,
    write_5m: row[6]!,
    write_1h: row[7]!,
    read: row[8]!,
    web_searches: row[9]!,
    first_at: row[10]!,
    last_at: row[11]!,
  }
}

/**
 * The band of a price table for each band of the store.
 * @param cuts the lengths in tokens at which the store cuts
 */
export function priceBands(cuts: readonly number[], thresholds: PriceTable['thresholds']): number[] {
  return [-1, ...cuts].map((above) => promptBand(thresholds, above + 1))
}
