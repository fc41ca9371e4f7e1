/** The summed columns of every roll-up, in the order of the tables. */
export const sumColumns = ['calls', 'input', 'output', 'write_5m', 'write_1h', 'read', 'web_searches'] as const

/** The summed columns as SQL. */
export const sumList = sumColumns.join(', ')
export const addedUp = `${sumColumns.map((name) => `sum(${name})`).join(', ')}, min(first_at), max(last_at)`

/** The update of a roll-up that exists. */
export const addOnConflict = `${sumColumns.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')},
  first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`

/** The change of one roll-up. */
export interface Delta {
  calls: number
  input: number
  output: number
  write_5m: number
  write_1h: number
  read: number
  web_searches: number
  /** The first and last instant of the added calls; Infinity and -Infinity when there are none. */
  first_at: number
  last_at: number
  /** Whether a call was removed or moved in time: the ends must be recomputed. */
  ends: boolean
}

/** The change of one slice by a batch. */
export interface SliceDelta extends Delta {
  readonly quarter: number
  readonly session: number
  readonly place: number
  readonly kind: number
  readonly band: number
}

export function emptyDelta(): Delta {
  return {
    calls: 0,
    input: 0,
    output: 0,
    write_5m: 0,
    write_1h: 0,
    read: 0,
    web_searches: 0,
    first_at: Number.POSITIVE_INFINITY,
    last_at: Number.NEGATIVE_INFINITY,
    ends: false,
  }
}

/** @returns `sum` */
export function addDelta(sum: Delta, delta: Delta): Delta {
  sum.calls += delta.calls
  sum.input += delta.input
  sum.output += delta.output
  sum.write_5m += delta.write_5m
  sum.write_1h += delta.write_1h
  sum.read += delta.read
  sum.web_searches += delta.web_searches
  if (delta.first_at < sum.first_at) sum.first_at = delta.first_at
  if (delta.last_at > sum.last_at) sum.last_at = delta.last_at
  sum.ends ||= delta.ends
  return sum
}

/**
 * The values of a delta in the order of the tables. Without added calls the ends lie beyond all calls, so that the minimum
 * and the maximum with the stored ends change nothing.
 */
export function valuesOf(delta: Delta): number[] {
  const { first_at, last_at } = delta
  return [
    delta.calls,
    delta.input,
    delta.output,
    delta.write_5m,
    delta.write_1h,
    delta.read,
    delta.web_searches,
    Number.isFinite(first_at) ? first_at : Number.MAX_SAFE_INTEGER,
    Number.isFinite(last_at) ? last_at : Number.MIN_SAFE_INTEGER,
  ]
}
