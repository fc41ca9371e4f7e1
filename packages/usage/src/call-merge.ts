import type { Call } from '@signalbox/contract/call'
import { totalTokens } from './call.ts'

// The fields that decide when output, total and sidechain of two records are equal. Neither record is better then, but every
// machine has to store the same one, regardless of the order in which they arrive.
const counts = ['input', 'write_1h', 'write_5m', 'read', 'web_searches'] as const
const texts = ['model', 'cwd', 'git_branch', 'version', 'agent_id', 'speed', 'service_tier', 'inference_geo'] as const

/** A call whose time is a text or milliseconds; two calls to be merged need the same type. */
export type MergeableCall = Omit<Call, 'at'> & { readonly at: string | number }

/**
 * Compares two records of one call: more output is better, then more tokens, then not a sidechain, then a fixed order of the
 * other fields. Time and session are not compared, because they come from the earliest record.
 * @returns a number above 0 when `a` is better, below 0 when `b` is better, 0 when they are equal
 */
export function compareCalls(a: MergeableCall, b: MergeableCall): number {
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
  return 0
}

/**
 * Merges two records with the same key: the better record, with the time and the session of the earlier one (the smaller
 * session id at equal times). The operation is commutative, associative and idempotent, so files can be read in any order,
 * in parts, and repeatedly.
 * @returns `a` itself when `b` adds nothing
 */
export function mergeCalls<C extends MergeableCall>(a: C, b: C): C {
  const best = compareCalls(a, b) >= 0 ? a : b
  const first = compareStarts(a, b) <= 0 ? a : b
  if (best === first || compareStarts(best, first) === 0) return best
  const { session_id: _, ...rest } = best
  const merged = first.session_id === undefined ? { ...rest, at: first.at } : { ...rest, at: first.at, session_id: first.session_id }
  return merged as unknown as C
}

function compareStarts(a: MergeableCall, b: MergeableCall): number {
  // ISO texts of equal length sort like the instants that they represent.
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  return compareTexts(a.session_id, b.session_id)
}

/** Sorts texts, with missing ones last. */
function compareTexts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  return a < b ? -1 : 1
}
