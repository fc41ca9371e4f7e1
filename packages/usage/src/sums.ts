import type { UsageModelRow, UsageSplit, UsageSplitRow, UsageSums, UsageTotals } from '@signalbox/contract/usage'
import { totalTokens } from './call.ts'
import { addPico, addPicoSum, type PicoSum, sumToUsd } from './money.ts'
import { costOf, type ModelRates, ratesOf } from './price.ts'
import type { PriceTable } from './price-table.ts'
import type { Slice } from './slice.ts'

interface PartSums {
  calls: number
  input: number
  output: number
  write_5m: number
  write_1h: number
  read: number
  unpriced_calls: number
  readonly cost: PicoSum
}

interface ModelSums extends PartSums {
  readonly rates: ModelRates | null
}

/** A row of a report while it is added up. */
export interface Sums {
  readonly models: Map<string, ModelSums>
  /** By the name that `split` asks for; empty when it asks for none, or for models. */
  readonly parts: Map<string, PartSums>
  /** Milliseconds; Infinity and -Infinity while the row has no calls. */
  first_at: number
  last_at: number
}

export function emptySums(): Sums {
  return { models: new Map(), parts: new Map(), first_at: Number.POSITIVE_INFINITY, last_at: Number.NEGATIVE_INFINITY }
}

export function addSlice(sums: Sums, table: PriceTable, slice: Slice, split?: UsageSplit): void {
  let model = sums.models.get(slice.model)
  if (model === undefined) {
    model = emptyModel(ratesOf(table, slice.model))
    sums.models.set(slice.model, model)
  }
  const cost = model.rates === null ? null : costOf(table, model.rates, slice)
  addTo(model, slice, cost)
  if (split !== undefined && split !== 'model') {
    let part = sums.parts.get(slice[split])
    if (part === undefined) {
      part = emptyPart()
      sums.parts.set(slice[split], part)
    }
    addTo(part, slice, cost)
  }
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
    addPart(model, from)
  }
  for (const [name, from] of other.parts) {
    let part = sums.parts.get(name)
    if (part === undefined) {
      part = emptyPart()
      sums.parts.set(name, part)
    }
    addPart(part, from)
  }
  if (other.first_at < sums.first_at) sums.first_at = other.first_at
  if (other.last_at > sums.last_at) sums.last_at = other.last_at
}

/** The row's own sums and those of its models, and of its parts when asked for; dearest first. */
export function finishSums({ models, parts }: Sums, split?: UsageSplit): UsageTotals {
  const all = emptyPart()
  const modelRows: UsageModelRow[] = []
  for (const [model, sums] of models) {
    addPart(all, sums)
    modelRows.push({ model, ...finishPart(sums) })
  }
  if (modelRows.length > 1) modelRows.sort((a, b) => dearestFirst(a, b) || (a.model < b.model ? -1 : 1))
  const row = { ...finishPart(all), models: modelRows }
  if (split === undefined) return row
  if (split === 'model') return { ...row, splits: modelRows.map(({ model, ...sums }) => ({ name: model, ...sums })) }
  const splits = [...parts].map(([name, sums]): UsageSplitRow => ({ name, ...finishPart(sums) }))
  return { ...row, splits: splits.sort((a, b) => dearestFirst(a, b) || (a.name < b.name ? -1 : 1)) }
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
  return { rates, ...emptyPart() }
}

function emptyPart(): PartSums {
  return { calls: 0, input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0, unpriced_calls: 0, cost: { low: 0, high: 0n } }
}

function addTo(part: PartSums, slice: Slice, cost: number | bigint | null): void {
  part.calls += slice.calls
  part.input += slice.input
  part.output += slice.output
  part.write_5m += slice.write_5m
  part.write_1h += slice.write_1h
  part.read += slice.read
  if (cost === null) part.unpriced_calls += slice.calls
  else addPico(part.cost, cost)
}

function addPart(sum: PartSums, other: PartSums): void {
  sum.calls += other.calls
  sum.input += other.input
  sum.output += other.output
  sum.write_5m += other.write_5m
  sum.write_1h += other.write_1h
  sum.read += other.read
  sum.unpriced_calls += other.unpriced_calls
  addPicoSum(sum.cost, other.cost)
}

function finishPart(sums: PartSums): UsageSums {
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
