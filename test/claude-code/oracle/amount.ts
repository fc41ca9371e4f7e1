import { type TokenClass, tokenClasses } from '@signalbox/usage/call'

/** Calls, tokens by class, and their cost in pico-dollars. */
export type Amount = { readonly [name in TokenClass | 'calls' | 'pico']: number }
type MutableAmount = { -readonly [name in keyof Amount]: number }

export const amountFields = ['calls', ...tokenClasses, 'pico'] as const
export const nothing: Amount = { calls: 0, input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0, pico: 0 }

export function plus(a: Amount, b: Amount): Amount {
  return combine(a, b, 1)
}

export function minus(a: Amount, b: Amount): Amount {
  return combine(a, b, -1)
}

function combine(a: Amount, b: Amount, sign: 1 | -1): Amount {
  const sum: MutableAmount = { ...a }
  for (const field of amountFields) sum[field] += sign * b[field]
  return sum
}

export function sumOf(amounts: Iterable<Amount>): Amount {
  let sum = nothing
  for (const amount of amounts) sum = plus(sum, amount)
  return sum
}

export function isNothing(amount: Amount): boolean {
  return amountFields.every((field) => amount[field] === 0)
}

/** The tokens of two amounts are the same, class by class; calls and cost may differ. */
export function hasSameTokens(a: Amount, b: Amount): boolean {
  return tokenClasses.every((name) => a[name] === b[name])
}

/** Dollars as Claude Code writes them, with the noise of its floating point numbers, as whole nano-dollars. */
export function usdToPico(usd: number): number {
  return Math.round(usd * 1e9) * 1_000
}

/** Adds an amount to the one of a name. */
export function addTo(sums: Map<string, Amount>, name: string, amount: Amount): void {
  sums.set(name, plus(sums.get(name) ?? nothing, amount))
}
