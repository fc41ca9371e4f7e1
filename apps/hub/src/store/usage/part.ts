import type { SliceQuery } from '../store.ts'

/** The runs of time, oldest first, between the instants at which slices are cut. */
export function partsOf({ from, to, cutAt = [] }: Pick<SliceQuery, 'from' | 'to' | 'cutAt'>): Pick<SliceQuery, 'from' | 'to'>[] {
  const cuts = cutAt.filter((at) => at > (from ?? Number.NEGATIVE_INFINITY) && at < (to ?? Number.POSITIVE_INFINITY))
  return [...cuts, to].map((end, nth) => ({ from: nth === 0 ? from : cuts[nth - 1], to: end }))
}
