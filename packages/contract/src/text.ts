import { z } from 'zod'

/** Half of a character cannot be kept as UTF-8, and a zero byte ends a text in too many programs. */
const unkeepable = (text: string) => text.isWellFormed() && !text.includes('\u0000')

/** A name that others choose: any text without control characters, kept exactly. */
export function id(max = 200) {
  return z
    .string()
    .min(1)
    .max(max)
    .refine((text) => unkeepable(text) && !/\p{Cc}/u.test(text), { error: 'must hold no control characters and no halves of characters' })
}

/** Words of people and programs, kept exactly. */
export function words(max: number) {
  return z.string().min(1).max(max).refine(unkeepable, { error: 'must hold no zero bytes and no halves of characters' })
}
