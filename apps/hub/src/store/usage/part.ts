import type { SliceQuery } from '../usage.ts'

/** The time ranges between the instants at which slices are cut, oldest first. */
export function partsOf({ from, to, cutAt = [] }: Pick<SliceQuery, 'from' | 'to' | 'cutAt'>): Pick<SliceQuery, 'from' | 'to'>[] {
  const cuts = cutAt.filter((at) => at > (from ?? Number.NEGATIVE_INFINITY) && at < (to ?? Number.POSITIVE_INFINITY))
  return [...cuts, to].map((end, nth) => ({ from: nth === 0 ? from : cuts[nth - 1], to: end }))
}
