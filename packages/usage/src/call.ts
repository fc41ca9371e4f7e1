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

/** The tokens of the prompt, which determine the price band of a call: of one inference, where the call was several. */
export function promptTokens(
  call: Pick<Tokens, 'input' | 'write_5m' | 'write_1h' | 'read'> & { prompt?: number | null | undefined },
): number {
  return call.prompt ?? call.input + call.write_5m + call.write_1h + call.read
}

/** The `outcome` of a call that the model refused before any output. */
export const REFUSED = 'refused'

/** The `source` of a record that holds what Claude Code has recorded beyond its calls, and is no call itself. */
export const NOT_ITEMISED = 'cost-state'

/** The `source` of a call of which only Claude Code's telemetry is known. */
export const TELEMETRY = 'telemetry'

/**
 * The `source` of a record that holds the estimated output of calls whose output no record has. It is no call itself, and in no sum
 * unless it is asked for.
 */
export const ESTIMATED = 'estimate'

/** Whether a record is a call. */
export function isCall(source: string | undefined): boolean {
  return source !== NOT_ITEMISED && source !== ESTIMATED
}
