import { z } from 'zod'

export const cursorSchema = z.string().regex(/^[\w-]{1,2000}$/, { error: 'is no cursor of a list' })

/** `limit`, `cursor` and `offset` of every list that returns a bare array. Each route states its order, which is total. */
export const listQueryShape = {
  limit: z.coerce.number<string>().int().min(1).max(100).default(20),
  /** Where the page before ended, from its header `Link`. The list goes on behind that row, whatever has changed since. */
  cursor: cursorSchema.optional(),
  /** Skips rows by counting them: rows that come or go between two requests move the others. `cursor` does not have this fault. */
  offset: z.coerce.number<string>().int().min(0).max(1_000_000_000).default(0),
}
export interface ListQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly offset: number
}

/** A query parameter that may be given several times; a row matches when it has one of the values. */
export function repeatableEnum<const T extends string>(values: readonly [T, ...T[]]) {
  const one = z.enum(values)
  const error = `must be one of ${values.join(', ')}`
  return z.union([one.transform((value) => [value]), z.array(one).min(1).max(values.length)], { error })
}
