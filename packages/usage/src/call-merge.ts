import type { Call } from '@signalbox/contract/call'
import { callFieldsOf } from '@signalbox/contract/call-field'
import { REFUSED, TELEMETRY, totalTokens } from './call.ts'

// The fields that decide when output, total and sidechain of two records are equal. Neither record is better then, but every
// machine has to store the same one, regardless of the order in which they arrive.
const counts = callFieldsOf('tokens', 'count')
const texts = callFieldsOf('name', 'id').filter((name) => name !== 'session_id')
const marks = callFieldsOf('mark')

/** A call whose times are texts or milliseconds; two calls to be merged need the same type. */
export type MergeableCall = Omit<Call, 'at' | 'as_of' | 'session_since'> & {
  readonly at: string | number
  readonly as_of?: string | number | undefined
  readonly session_since?: string | number | undefined
}

/**
 * Compares two records of one call: a final one is better, then more output, then more tokens, then not a sidechain, then a fixed
 * order of the other fields. Time and session are not compared, because they come from the earliest record. What Claude Code has
 * recorded beyond its calls may also become less, so there the latest figures are better.
 * @returns a number above 0 when `a` is better, below 0 when `b` is better, 0 when they are equal
 */
export function compareCalls(a: MergeableCall, b: MergeableCall): number {
  if (a.as_of !== b.as_of) return a.as_of !== undefined && (b.as_of === undefined || a.as_of > b.as_of) ? 1 : -1
  const isFinal = (a.unfinished === false ? 1 : 0) - (b.unfinished === false ? 1 : 0)
  if (isFinal !== 0) return isFinal
  if (a.output !== b.output) return a.output - b.output
  const total = totalTokens(a) - totalTokens(b)
  if (total !== 0) return total
  if (a.is_sidechain !== b.is_sidechain) return a.is_sidechain ? -1 : 1
  for (const field of counts) {
    const more = (a[field] ?? -1) - (b[field] ?? -1)
    if (more !== 0) return more
  }
  for (const field of texts) {
    const order = compareTexts(a[field], b[field])
    if (order !== 0) return -order
  }
  for (const field of marks) {
    const more = markRank(a[field]) - markRank(b[field])
    if (more !== 0) return more
  }
  return 0
}

/**
 * Merges two records with the same key: the better record, with the time and the session of the earlier one (at equal times
 * of the older session, then of the smaller session id). The operation is commutative, associative and idempotent, so files can be read in any order,
 * in parts, and repeatedly.
 * @returns `a` itself when `b` adds nothing
 */
export function mergeCalls<C extends MergeableCall>(a: C, b: C): C {
  return a.source === TELEMETRY && b.source === TELEMETRY ? mergeEvents(a, b) : mergeRecords(a, b)
}

/** Merges two events of telemetry about one request. Its refusal is another event than that with its figures. */
function mergeEvents<C extends MergeableCall>(a: C, b: C): C {
  const [left, right] = [withoutOutcome(a), withoutOutcome(b)]
  const merged = mergeRecords(left, right)
  const isRefused = (a.outcome ?? b.outcome) === REFUSED && merged.output === 0
  if (merged === left && isRefused === (a.outcome === REFUSED)) return a
  return isRefused ? { ...merged, outcome: REFUSED } : merged
}

function withoutOutcome<C extends MergeableCall>(call: C): C {
  if (call.outcome === undefined) return call
  const { outcome: _, ...rest } = call
  return rest as unknown as C
}

function mergeRecords<C extends MergeableCall>(a: C, b: C): C {
  const best = compareCalls(a, b) >= 0 ? a : b
  const first = compareStarts(a, b) <= 0 ? a : b
  if (best === first || compareStarts(best, first) === 0) return best
  const { session_id: _, session_since: __, ...rest } = best
  const merged = {
    ...rest,
    at: first.at,
    ...(first.session_id === undefined ? {} : { session_id: first.session_id }),
    ...(first.session_since === undefined ? {} : { session_since: first.session_since }),
  }
  return merged as unknown as C
}

function compareStarts(a: MergeableCall, b: MergeableCall): number {
  // ISO texts of equal length sort like the instants that they represent.
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  if (a.session_since !== b.session_since) {
    return a.session_since !== undefined && (b.session_since === undefined || a.session_since < b.session_since) ? -1 : 1
  }
  return compareTexts(a.session_id, b.session_id)
}

/** A mark that is known says more than one that is not. */
function markRank(mark: boolean | undefined): number {
  return mark === undefined ? 0 : mark ? 2 : 1
}

/** Sorts texts, with missing ones last. */
function compareTexts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  return a < b ? -1 : 1
}
