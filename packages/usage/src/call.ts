import type { Call } from '@signalbox/contract/call'

/** The five counts of tokens that have a price; a call, a slice and a row of a report all carry them. */
export interface Tokens {
  readonly input: number
  readonly output: number
  readonly write_5m: number
  readonly write_1h: number
  readonly read: number
}

/** All tokens of a call, in and out. */
export function totalTokens(tokens: Tokens): number {
  return tokens.input + tokens.output + tokens.write_5m + tokens.write_1h + tokens.read
}

/** The tokens the model was given: what decides the price band of a call. */
export function promptTokens(tokens: Pick<Call, 'input' | 'write_5m' | 'write_1h' | 'read'>): number {
  return tokens.input + tokens.write_5m + tokens.write_1h + tokens.read
}
