import type { Call } from '@signalbox/contract/call'

/** The token classes, each with a price of its own. Calls, slices and rows of a report have a field for each of them. */
export const tokenClasses = ['input', 'output', 'write_5m', 'write_1h', 'read'] as const
export type TokenClass = (typeof tokenClasses)[number]

// Sums of tokens are written out field by field, here and wherever they run per call or per slice: a loop over the classes
// accesses fields by name, which the engine does not optimise.

/** The numbers of tokens by class. */
export type Tokens = { readonly [name in TokenClass]: number }

/** The sum of all token classes. */
export function totalTokens(tokens: Tokens): number {
  return tokens.input + tokens.output + tokens.write_5m + tokens.write_1h + tokens.read
}

/** The tokens of the prompt, which determine the price band of a call. */
export function promptTokens(tokens: Pick<Call, 'input' | 'write_5m' | 'write_1h' | 'read'>): number {
  return tokens.input + tokens.write_5m + tokens.write_1h + tokens.read
}
