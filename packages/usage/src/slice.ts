import type { Call } from '@signalbox/contract/call'
import { isCall, promptTokens, type Tokens, totalTokens } from './call.ts'
import { promptBand } from './price-table.ts'

/** A quarter hour in milliseconds. In every time zone, days begin at a quarter hour. */
export const QUARTER_HOUR_MS = 900_000

type MutableTokens = { -readonly [name in keyof Tokens]: number }

/**
 * The sums of the calls that share a quarter hour and all fields that a price or a group depends on.
 * A name that Claude Code did not write is the empty text. Token fields are numbers of tokens.
 */
export interface Slice extends MutableTokens {
  /** floor(milliseconds since 1970 / 900,000). */
  quarter: number
  session: string
  project: string
  branch: string
  machine: string
  /** The model as Claude Code wrote it. */
  model: string
  speed: string
  service_tier: string
  inference_geo: string
  agent: string
  outcome: string
  source: string
  /** The price band: the number of thresholds of the price table that the prompts exceed. */
  band: number
  /** Records that are no calls themselves, of the sources `cost-state` and `estimate`, count as none. */
  calls: number
  web_searches: number
  /** The calls that never got their final record. */
  unfinished: number
  /** The calls with a number that was none. */
  odd: number
  /** The exact times of the first and the last call, in milliseconds since 1970. */
  first_at: number
  last_at: number
}

/** The fields that identify a slice. */
export type SliceKeyFields = Pick<
  Slice,
  | 'quarter'
  | 'session'
  | 'project'
  | 'branch'
  | 'machine'
  | 'model'
  | 'speed'
  | 'service_tier'
  | 'inference_geo'
  | 'agent'
  | 'outcome'
  | 'source'
  | 'band'
>

/**
 * Creates a slice of one call.
 * @param thresholds of the price table that the slice will be priced with, in tokens
 */
export function toSlice(call: Call, thresholds: readonly number[], machine = ''): Slice {
  const at = Date.parse(call.at)
  return {
    quarter: Math.floor(at / QUARTER_HOUR_MS),
    session: call.session_id ?? '',
    project: call.cwd ?? '',
    branch: call.git_branch ?? '',
    machine,
    model: call.model,
    speed: call.speed ?? '',
    service_tier: call.service_tier ?? '',
    inference_geo: call.inference_geo ?? '',
    agent: call.agent ?? '',
    outcome: call.outcome ?? '',
    source: call.source ?? '',
    band: promptBand(thresholds, promptTokens(call)),
    calls: countOf(call),
    input: call.input,
    output: call.output,
    write_5m: call.write_5m,
    write_1h: call.write_1h,
    read: call.read,
    web_searches: call.web_searches ?? 0,
    unfinished: call.unfinished === true ? 1 : 0,
    odd: call.odd === true ? 1 : 0,
    first_at: at,
    last_at: at,
  }
}

/** The number of calls that a record counts as. */
export function countOf({ source }: { readonly source?: string | undefined }): 0 | 1 {
  return isCall(source) ? 1 : 0
}

/**
 * Whether a slice adds nothing to any sum: of a record that says only that nothing is left, so that no row of a report is of it alone.
 */
export function isNothing(slice: Slice): boolean {
  return slice.calls === 0 && totalTokens(slice) === 0 && slice.web_searches === 0
}

/** The key of a slice; slices with the same key are added. */
export function sliceKey(slice: SliceKeyFields): string {
  // The key contains lengths, because names of folders and branches can contain any separator.
  const { quarter, band, session, project, branch, machine, model, speed, service_tier, inference_geo, agent, outcome, source } = slice
  return (
    `${quarter} ${band} ${session.length} ${project.length} ${branch.length} ${machine.length} ${model.length} ` +
    `${speed.length} ${service_tier.length} ${inference_geo.length} ${agent.length} ${outcome.length} ` +
    `${session}${project}${branch}${machine}${model}${speed}${service_tier}${inference_geo}${agent}${outcome}${source}`
  )
}

/** Adds a slice to another one with the same key. */
export function addToSlice(sum: Slice, slice: Slice): void {
  sum.calls += slice.calls
  sum.input += slice.input
  sum.output += slice.output
  sum.write_5m += slice.write_5m
  sum.write_1h += slice.write_1h
  sum.read += slice.read
  sum.web_searches += slice.web_searches
  sum.unfinished += slice.unfinished
  sum.odd += slice.odd
  if (slice.first_at < sum.first_at) sum.first_at = slice.first_at
  if (slice.last_at > sum.last_at) sum.last_at = slice.last_at
}
