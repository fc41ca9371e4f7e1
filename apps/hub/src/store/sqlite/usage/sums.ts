import { type CallField, type CallFieldName, callFieldList } from '@signalbox/contract/call-field'

/** The fields of calls that roll-ups sum. */
export const summedFields: readonly CallFieldName[] = callFieldList.flatMap(([name, field]) => (isSummed(field) ? [name] : []))

function isSummed({ kind, slice }: CallField): boolean {
  return kind === 'tokens' || kind === 'mark' || (kind === 'count' && slice !== undefined)
}

/** The summed columns of every roll-up, in the order of the tables. `calls` counts records, also those that are no calls themselves. */
export const sumColumns: readonly string[] = ['calls', ...summedFields]

/** The columns of a roll-up after its key. */
export const rollUpColumns = `${sumColumns.join(', ')}, first_at, last_at`
/** The same of roll-ups added up. */
export const addedUp = `${sumColumns.map((name) => `sum(${name})`).join(', ')}, min(first_at), max(last_at)`
/** The same of calls. */
export const callsAddedUp = `count(*), ${summedFields.map((name) => `sum(coalesce(${name}, 0))`).join(', ')}, min(at), max(at)`

/** The update of a roll-up that exists. */
export const addOnConflict = `${sumColumns.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')},
  first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`

/** The change of one roll-up. */
export interface Delta {
  /** In the order of `sumColumns`. */
  readonly sums: number[]
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
    sums: sumColumns.map(() => 0),
    first_at: Number.POSITIVE_INFINITY,
    last_at: Number.NEGATIVE_INFINITY,
    ends: false,
  }
}

/** @returns `sum` */
export function addDelta(sum: Delta, delta: Delta): Delta {
  for (let n = 0; n < sum.sums.length; n++) sum.sums[n]! += delta.sums[n]!
  if (delta.first_at < sum.first_at) sum.first_at = delta.first_at
  if (delta.last_at > sum.last_at) sum.last_at = delta.last_at
  sum.ends ||= delta.ends
  return sum
}

/**
 * The values of a delta in the order of `rollUpColumns`. Without added calls the ends lie beyond all calls, so that the minimum
 * and the maximum with the stored ends change nothing.
 */
export function valuesOf({ sums, first_at, last_at }: Delta): number[] {
  return [
    ...sums,
    Number.isFinite(first_at) ? first_at : Number.MAX_SAFE_INTEGER,
    Number.isFinite(last_at) ? last_at : Number.MIN_SAFE_INTEGER,
  ]
}

/** The placeholders of so many values. */
export function marks(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ')
}
