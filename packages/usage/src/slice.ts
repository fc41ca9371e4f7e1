import type { Call } from '@signalbox/contract/call'
import { promptTokens } from './call.ts'
import { promptBand } from './price-table.ts'

/** Milliseconds in a quarter hour: in every time zone a day begins on one. */
export const QUARTER = 900_000

/**
 * The sums of the calls that share a quarter hour and everything a price or a group may depend on.
 * A name Claude Code did not write is the empty text. Token fields are counts of tokens.
 */
export interface Slice {
  /** floor(milliseconds since 1970 / 900,000). */
  quarter: number
  session: string
  project: string
  branch: string
  machine: string
  /** As Claude Code wrote it. */
  model: string
  speed: string
  service_tier: string
  inference_geo: string
  /** How many of the price table's prompt lengths the prompts are above. */
  band: number
  calls: number
  input: number
  output: number
  write_5m: number
  write_1h: number
  read: number
  web_searches: number
  /** Exact, in milliseconds. */
  first_at: number
  last_at: number
}

/** The part of a slice that says which slice it is. */
export type SliceName = Pick<
  Slice,
  'quarter' | 'session' | 'project' | 'branch' | 'machine' | 'model' | 'speed' | 'service_tier' | 'inference_geo' | 'band'
>

/**
 * A slice of one call.
 * @param thresholds of the price table it will be priced with, in tokens
 */
export function sliceOf(call: Call, thresholds: readonly number[], machine = ''): Slice {
  const at = Date.parse(call.at)
  return {
    quarter: Math.floor(at / QUARTER),
    session: call.session_id ?? '',
    project: call.cwd ?? '',
    branch: call.git_branch ?? '',
    machine,
    model: call.model,
    speed: call.speed ?? '',
    service_tier: call.service_tier ?? '',
    inference_geo: call.inference_geo ?? '',
    band: promptBand(thresholds, promptTokens(call)),
    calls: 1,
    input: call.input,
    output: call.output,
    write_5m: call.write_5m,
    write_1h: call.write_1h,
    read: call.read,
    web_searches: call.web_searches ?? 0,
    first_at: at,
    last_at: at,
  }
}

/** One text per slice; two slices with the same text are to be added. */
export function sliceKey(slice: SliceName): string {
  // Lengths, because a folder or a branch may hold any separator.
  const { quarter, band, session, project, branch, machine, model, speed, service_tier, inference_geo } = slice
  return (
    `${quarter} ${band} ${session.length} ${project.length} ${branch.length} ${machine.length} ${model.length} ` +
    `${speed.length} ${service_tier.length} ${session}${project}${branch}${machine}${model}${speed}${service_tier}${inference_geo}`
  )
}

/** Adds `slice` to `sum`, which has the same key. */
export function addInto(sum: Slice, slice: Slice): void {
  sum.calls += slice.calls
  sum.input += slice.input
  sum.output += slice.output
  sum.write_5m += slice.write_5m
  sum.write_1h += slice.write_1h
  sum.read += slice.read
  sum.web_searches += slice.web_searches
  if (slice.first_at < sum.first_at) sum.first_at = slice.first_at
  if (slice.last_at > sum.last_at) sum.last_at = slice.last_at
}
