import { z } from 'zod'
import { isName } from './printable.ts'

/** UTF-8 cannot hold a lone surrogate, and many programs end a string at a zero byte. */
const isStorable = (text: string) => !/[\p{Surrogate}\0]/u.test(text)

/** A name chosen by a client, stored unchanged: text on one line that is shown as what it is, in a terminal too. */
export function identifierSchema(max = 200, min = 1) {
  return z
    .string()
    .min(min)
    .max(max)
    .refine(isName, { error: 'must not contain control characters, characters that change the text direction, or lone surrogates' })
}

/** Free text, stored unchanged. */
export function textSchema(max: number) {
  return z.string().min(1).max(max).refine(isStorable, { error: 'must not contain zero bytes or lone surrogates' })
}
