import type { UsageModelRow, UsageSums, UsageTotals } from '@signalbox/contract/usage'
import { totalTokens } from './call.ts'
import { addPico, addPicoSum, type PicoSum, sumToUsd } from './money.ts'
import { costOf, type ModelRates, ratesOf } from './price.ts'
import type { PriceTable } from './price-table.ts'
import type { Slice } from './slice.ts'

interface ModelSums {
  readonly rates: ModelRates | null
  calls: number
  input: number
  output: number
  write_5m: number
  write_1h: number
  read: number
  unpriced_calls: number
  readonly cost: PicoSum
}

/** A row of a report while it is added up. */
export interface Sums {
  readonly models: Map<string, ModelSums>
  /** Milliseconds; Infinity and -Infinity while the row has no calls. */
  first_at: number
  last_at: number
}

export function emptySums(): Sums {
  return { models: new Map(), first_at: Number.POSITIVE_INFINITY, last_at: Number.NEGATIVE_INFINITY }
}

export function addSlice(sums: Sums, table: PriceTable, slice: Slice): void {
  let model = sums.models.get(slice.model)
  if (model === undefined) {
    model = emptyModel(ratesOf(table, slice.model))
    sums.models.set(slice.model, model)
  }
  model.calls += slice.calls
  model.input += slice.input
  model.output += slice.output
  model.write_5m += slice.write_5m
  model.write_1h += slice.write_1h
  model.read += slice.read
  const cost = model.rates === null ? null : costOf(table, model.rates, slice)
  if (cost === null) model.unpriced_calls += slice.calls
  else addPico(model.cost, cost)
  if (slice.first_at < sums.first_at) sums.first_at = slice.first_at
  if (slice.last_at > sums.last_at) sums.last_at = slice.last_at
}

export function addSums(sums: Sums, other: Sums): void {
  for (const [name, from] of other.models) {
    let model = sums.models.get(name)
    if (model === undefined) {
      model = emptyModel(from.rates)
      sums.models.set(name, model)
    }
    addModel(model, from)
  }
  if (other.first_at < sums.first_at) sums.first_at = other.first_at
  if (other.last_at > sums.last_at) sums.last_at = other.last_at
}

/** The row's own sums and those of its models, dearest model first. */
export function finishSums({ models }: Sums): UsageTotals {
  const all = emptyModel(null)
  const rows: UsageModelRow[] = []
  for (const [model, sums] of models) {
    addModel(all, sums)
    rows.push({ model, ...finishModel(sums) })
  }
  if (rows.length > 1) rows.sort((a, b) => dearestFirst(a, b) || (a.model < b.model ? -1 : 1))
  return { ...finishModel(all), models: rows }
}

/** Dearest first, what has no price last, then by tokens. */
export function dearestFirst(a: UsageSums, b: UsageSums): number {
  return (b.cost_usd ?? -1) - (a.cost_usd ?? -1) || b.total_tokens - a.total_tokens
}

/** The models that had calls without a price, as Claude Code wrote them. */
export function unpricedModels({ models }: Sums): string[] {
  return [...models]
    .filter(([, sums]) => sums.unpriced_calls > 0)
    .map(([model]) => model)
    .sort()
}

function emptyModel(rates: ModelRates | null): ModelSums {
  return {
    rates,
    calls: 0,
    input: 0,
    output: 0,
    write_5m: 0,
    write_1h: 0,
    read: 0,
    unpriced_calls: 0,
    cost: { low: 0, high: 0n },
  }
}

function addModel(sum: ModelSums, other: ModelSums): void {
  sum.calls += other.calls
  sum.input += other.input
  sum.output += other.output
  sum.write_5m += other.write_5m
  sum.write_1h += other.write_1h
  sum.read += other.read
  sum.unpriced_calls += other.unpriced_calls
  addPicoSum(sum.cost, other.cost)
}

function finishModel(sums: ModelSums): UsageSums {
  return {
    calls: sums.calls,
    input: sums.input,
    output: sums.output,
    write_5m: sums.write_5m,
    write_1h: sums.write_1h,
    read: sums.read,
    total_tokens: totalTokens(sums),
    // Unknown is not nothing: no number unless something in here has a price.
    cost_usd: sums.calls > sums.unpriced_calls ? sumToUsd(sums.cost) : null,
    unpriced_calls: sums.unpriced_calls,
  }
}
