import { z } from 'zod'

/** `limit` and `offset` of every list that answers a bare array; its order is stated by its route and total. */
export const listQueryShape = {
  limit: z.coerce.number<string>().int().min(1).max(100).default(20),
  offset: z.coerce.number<string>().int().min(0).max(1_000_000_000).default(0),
}
export interface ListQuery {
  readonly limit: number
  readonly offset: number
}

/** A parameter that may be given several times: any of its values. */
export function anyOf<const T extends string>(values: readonly [T, ...T[]]) {
  const one = z.enum(values)
  return z.union([one.transform((value) => [value]), z.array(one).min(1).max(values.length)])
}
