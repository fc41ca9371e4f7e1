import type { Call } from '@signalbox/contract/call'
import { findRates, slicePrices } from './price.ts'
import { type PriceTable, promptBand } from './price-table.ts'
import { QUARTER_HOUR_MS } from './slice.ts'

/** What telemetry says about a call, with the cost that Claude Code has worked out from figures that telemetry lacks. */
export interface ReportedCall {
  readonly model: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly input: number
  readonly output: number
  readonly read: number
  /** All cache writes. */
  readonly writes: number
  /** Those for an hour; undefined where a version sends only the sum. */
  readonly write_1h: number | undefined
  /** Whether fast mode was asked for, which need not be what was served. */
  readonly askedFast: boolean
  /** Whether the call may have searched the web. */
  readonly maySearch: boolean
  /** Dollars; undefined where a version does not say. */
  readonly cost_usd: number | undefined
}

export type UnreportedFields = Pick<Call, 'write_5m' | 'write_1h' | 'speed' | 'inference_geo' | 'web_searches'>

/** Of a call; more would be no call that one can recognise. */
const MAX_SEARCHES = 100
const PICO_PER_USD = 1e12
/** Claude Code adds up dollars as floating-point numbers. Prices are thousands of pico-dollars a token, so nothing else is as near. */
const TOLERANCE_PICO = 10

/**
 * Works out what telemetry does not say, where exactly one way explains the cost at list price to its last digit. Otherwise all cache
 * writes are for five minutes, and the speed is the one that was asked for.
 */
export function readReportedCost(table: PriceTable, call: ReportedCall): UnreportedFields {
  const asked = call.askedFast ? 'fast' : 'standard'
  const expected = explain(table, call, asked, '')
  if (expected.length === 1) return expected[0]!
  if (expected.length === 0) {
    // Served in standard speed although fast was asked for; or in the US, which only versions that send both kinds of writes price.
    const speeds = call.askedFast ? ['fast', 'standard'] : ['standard']
    const geos = call.write_1h === undefined ? [''] : ['', 'us']
    const other = speeds.flatMap((speed) => geos.flatMap((geo) => explain(table, call, speed, geo)))
    if (other.length === 1) return other[0]!
  }
  const write_1h = call.write_1h ?? 0
  return { write_5m: call.writes - write_1h, write_1h, speed: asked }
}

/** The ways in which a call of this speed and region has this cost. */
function explain(table: PriceTable, call: ReportedCall, speed: string, inference_geo: string): UnreportedFields[] {
  const { model, at, input, output, read, writes, write_1h, maySearch, cost_usd } = call
  const rates = findRates(table, model)
  const band = promptBand(table.thresholds, input + read + writes)
  const quarter = Math.floor(at / QUARTER_HOUR_MS)
  const prices = rates === null ? undefined : slicePrices(rates, { quarter, speed, service_tier: '', inference_geo, band })
  if (prices === undefined || cost_usd === undefined) return []
  const perSearch = table.webSearch * 1_000_000
  const perHour = prices.write_1h - prices.write_5m
  const withoutWrites = Math.round(cost_usd * PICO_PER_USD) - input * prices.input - output * prices.output - read * prices.read
  const found: UnreportedFields[] = []
  for (let searches = 0; searches <= (maySearch ? MAX_SEARCHES : 0); searches++) {
    const rest = withoutWrites - writes * prices.write_5m - searches * perSearch
    if (rest < -TOLERANCE_PICO) break
    const forHour = write_1h ?? (perHour > 0 ? Math.round(rest / perHour) : 0)
    if (forHour > writes || Math.abs(rest - forHour * perHour) > TOLERANCE_PICO) continue
    found.push({
      write_5m: writes - forHour,
      write_1h: forHour,
      speed,
      ...(inference_geo === '' ? {} : { inference_geo }),
      ...(searches === 0 ? {} : { web_searches: searches }),
    })
  }
  return found
}
