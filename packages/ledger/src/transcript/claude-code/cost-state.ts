import { callFields, MAX_TOKENS_PER_CALL } from '@signalbox/contract/call-field'

/*
 * At the end of a process, and where it leaves a session, Claude Code writes a line of the type `cost-state` into the session's
 * transcript: the sums of everything it was billed for, with calls that no other line has. The sums are cumulative over the
 * session and the session that it was resumed or forked from; docs/truth.md has the details.
 */

/** The sums of one model in a line. */
export interface RecordedSums {
  readonly input: number
  readonly output: number
  readonly read: number
  /** All tokens written to the cache. */
  readonly write: number
  /** The part of them that is kept for an hour; undefined where the version of Claude Code does not say. */
  readonly write_1h: number | undefined
  readonly web_searches: number
  /** What Claude Code worked out, in dollars. */
  readonly cost_usd: number
}

/** A line of the type `cost-state`. */
export interface CostState {
  readonly session: string
  /**
   * When the first process of the lineage started, in milliseconds since 1970: the session's own, or that of the session it was resumed
   * or forked from, together with its sums. 0 when the line does not say.
   */
  readonly start: number
  /** How long all processes of the lineage have run, in milliseconds; it grows with each line. 0 when the line does not say. */
  readonly duration: number
  /** The time of the last record before the line, in milliseconds since 1970; undefined when it is not known. */
  readonly at: number | undefined
  /** By the name of the model as Claude Code asked for it, such as `claude-opus-5[1m]`. */
  readonly models: Readonly<Record<string, RecordedSums>>
}

export const COST_STATE = 'cost-state'

type Fields = Record<string, unknown>

/** Claude Code itself takes no line with larger numbers for valid. */
const MAX_NUMBER = 1e15
/** A session with more models than this is not Claude Code's. */
const MAX_MODELS = 200

/**
 * Reads a line of the type `cost-state`. A number that is none counts as 0, and the others stay.
 * @returns undefined when it names no session or no models
 */
export function readCostState(record: Fields): CostState | undefined {
  const { sessionId, modelUsage } = record
  if (typeof sessionId !== 'string' || sessionId === '' || !isFields(modelUsage)) return undefined
  const models: [string, RecordedSums][] = []
  for (const [model, sums] of Object.entries(modelUsage).slice(0, MAX_MODELS)) {
    if (model === '' || !isFields(sums)) continue
    models.push([bounded(model, callFields.model.max), readSums(sums)])
  }
  return {
    session: bounded(sessionId, callFields.session_id.max),
    start: wholeNumber(record.startTime),
    duration: wholeNumber(record.totalDuration),
    at: undefined,
    // Without a prototype, a model can have any name.
    models: Object.assign(Object.create(null) as Fields, Object.fromEntries(models)) as Record<string, RecordedSums>,
  }
}

function readSums(sums: Fields): RecordedSums {
  const writes = [sums.cacheCreationEphemeral5mInputTokens, sums.cacheCreationEphemeral1hInputTokens]
  const [write5m, write1h] = writes.map(tokens) as [number, number]
  return {
    input: tokens(sums.inputTokens),
    output: tokens(sums.outputTokens),
    read: tokens(sums.cacheReadInputTokens),
    write: Math.max(tokens(sums.cacheCreationInputTokens), write5m + write1h),
    write_1h: writes.every((count) => typeof count === 'number') ? write1h : undefined,
    web_searches: wholeNumber(sums.webSearchRequests),
    cost_usd: number(sums.costUSD),
  }
}

function number(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value <= MAX_NUMBER ? value : 0
}

/** More than a call may have could not be sent to a hub, and counts as no number. */
function tokens(value: unknown): number {
  const count = wholeNumber(value)
  return count <= MAX_TOKENS_PER_CALL ? count : 0
}

/** Times have fractions in some versions, and counts have none. */
function wholeNumber(value: unknown): number {
  return Math.floor(number(value))
}

function bounded(text: string, length: number): string {
  return text.slice(0, length).toWellFormed()
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
