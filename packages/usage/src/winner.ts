import type { Call } from '@signalbox/contract/call'
import { totalTokens } from './call.ts'

// What is left to tell two records apart once output, total and sidechain are equal. No record of the two is
// better, but every machine must keep the same one, in whatever order the two arrive.
const counts = ['input', 'write_1h', 'write_5m', 'read', 'web_searches'] as const
const texts = ['model', 'cwd', 'git_branch', 'version', 'agent_id', 'speed', 'service_tier', 'inference_geo'] as const

/** A call whose time may also be told in milliseconds; of two that meet, both or neither. */
export type MergeableCall = Omit<Call, 'at'> & { readonly at: string | number }

/**
 * Which of two records of one call is the better one: most output, then most tokens, then not a sidechain, then a
 * fixed order of the other fields. Time and session do not count, they come from the earliest record.
 * @returns above 0 when `a` is better, below 0 when `b` is, 0 when they hold the same
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
 * The one record to keep of two with the same key: the better one whole, at the time and in the session of the
 * earlier one (same time: the smaller session id). Commutative, associative and idempotent, so that files may be
 * read in any order, in parts, and any number of times.
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
  // ISO texts of one width, so they sort as the instants they name.
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  return compareTexts(a.session_id, b.session_id)
}

/** Smaller text first, a missing one last. */
function compareTexts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  return a < b ? -1 : 1
}
