import type { Portion } from './portion.ts'

/** How a store loads each kind of portion. */
export type Loaders<Result> = { readonly [Kind in Portion['kind']]: (portion: Extract<Portion, { kind: Kind }>) => Result }

export function loadPortion<Result>(portion: Portion, loaders: Loaders<Result>): Result {
  return (loaders[portion.kind] as (portion: Portion) => Result)(portion)
}
