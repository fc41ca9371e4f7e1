import type { UsageModelRow, UsageSplit, UsageSplitRow, UsageSums, UsageTotals } from '@signalbox/contract/usage'
import { type Tokens, totalTokens } from './call.ts'
import { addPico, addPicoSum, type PicoSum, sumToUsd } from './money.ts'
import { findRates, type ModelRates, sliceCost } from './price.ts'
import type { PriceTable } from './price-table.ts'
import type { Slice } from './slice.ts'

/** Token sums with their cost. Extending `PicoSum` saves an object for each of thousands of rows. */
type PartSums = PicoSum & { -readonly [name in keyof Tokens]: number } & { calls: number; unpriced_calls: number }

type ModelSums = PartSums & {
  /** null for a model without a price, and for parts that are not models. */
  readonly rates: ModelRates | null
}

/** The accumulator of one row of a report. */
export interface Sums {
  readonly models: Map<string, ModelSums>
  /** The parts by name, in the dimension of `split`; undefined without a split, and when the split is by model. */
  parts: Map<string, ModelSums> | undefined
  /** Milliseconds since 1970; Infinity and -Infinity while the row has no calls. */
  first_at: number
  last_at: number
}

export function emptySums(): Sums {
  return { models: new Map(), parts: undefined, first_at: Number.POSITIVE_INFINITY, last_at: Number.NEGATIVE_INFINITY }
}

export function addSlice(sums: Sums, table: PriceTable, slice: Slice, split?: UsageSplit): void {
  let model = sums.models.get(slice.model)
  if (model === undefined) {
    model = emptyPart(findRates(table, slice.model))
    sums.models.set(slice.model, model)
  }
  const cost = model.rates === null ? null : sliceCost(table, model.rates, slice)
  addTo(model, slice, cost)
  if (split !== undefined && split !== 'model') {
    sums.parts ??= new Map()
    let part = sums.parts.get(slice[split])
    if (part === undefined) {
      part = emptyPart(null)
      sums.parts.set(slice[split], part)
    }
    addTo(part, slice, cost)
  }
  if (slice.first_at < sums.first_at) sums.first_at = slice.first_at
  if (slice.last_at > sums.last_at) sums.last_at = slice.last_at
}

export function addSums(sums: Sums, other: Sums): void {
  addParts(sums.models, other.models)
  if (other.parts !== undefined) {
    sums.parts ??= new Map()
    addParts(sums.parts, other.parts)
  }
  if (other.first_at < sums.first_at) sums.first_at = other.first_at
  if (other.last_at > sums.last_at) sums.last_at = other.last_at
}

/** Converts a row's accumulator to its totals, with the rows of its models and, with `split`, of its parts; highest cost first. */
export function toTotals({ models, parts }: Sums, split?: UsageSplit): UsageTotals {
  const all = emptyPart(null)
  const modelRows: UsageModelRow[] = []
  for (const [model, sums] of models) {
    addPart(all, sums)
    modelRows.push(finishPart({ model } as UsageModelRow, sums))
  }
  if (modelRows.length > 1) modelRows.sort((a, b) => byCostDescending(a, b) || (a.model < b.model ? -1 : 1))
  const row = finishPart({} as UsageTotals, all)
  row.models = modelRows
  if (split === 'model') row.splits = modelRows.map(({ model, ...sums }) => ({ name: model, ...sums }))
  else if (split !== undefined) {
    row.splits = [...(parts ?? [])]
      .map(([name, sums]) => finishPart({ name } as UsageSplitRow, sums))
      .sort((a, b) => byCostDescending(a, b) || (a.name < b.name ? -1 : 1))
  }
  return row
}

/** Sorts by cost, highest first and unknown last, then by tokens. */
export function byCostDescending(a: UsageSums, b: UsageSums): number {
  return (b.cost_usd ?? -1) - (a.cost_usd ?? -1) || b.total_tokens - a.total_tokens
}

/** The models with unpriced calls, as Claude Code wrote them. */
export function unpricedModels({ models }: Sums): string[] {
  return [...models]
    .filter(([, sums]) => sums.unpriced_calls > 0)
    .map(([model]) => model)
    .sort()
}

function emptyPart(rates: ModelRates | null): ModelSums {
  return { rates, calls: 0, input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0, unpriced_calls: 0, low: 0, high: 0n }
}

function addTo(part: PartSums, slice: Slice, cost: number | bigint | null): void {
  part.calls += slice.calls
  part.input += slice.input
  part.output += slice.output
  part.write_5m += slice.write_5m
  part.write_1h += slice.write_1h
  part.read += slice.read
  if (cost === null) part.unpriced_calls += slice.calls
  else addPico(part, cost)
}

function addParts(sums: Map<string, ModelSums>, others: Map<string, ModelSums>): void {
  for (const [name, other] of others) {
    let sum = sums.get(name)
    if (sum === undefined) {
      sum = emptyPart(other.rates)
      sums.set(name, sum)
    }
    addPart(sum, other)
  }
}

function addPart(sum: PartSums, other: PartSums): void {
  sum.calls += other.calls
  sum.input += other.input
  sum.output += other.output
  sum.write_5m += other.write_5m
  sum.write_1h += other.write_1h
  sum.read += other.read
  sum.unpriced_calls += other.unpriced_calls
  addPicoSum(sum, other)
}

/** Adds the sums to a row that has only its name, so that the name is the first field of the printed row. */
function finishPart<T extends UsageSums>(row: T, sums: PartSums): T {
  row.calls = sums.calls
  row.input = sums.input
  row.output = sums.output
  row.write_5m = sums.write_5m
  row.write_1h = sums.write_1h
  row.read = sums.read
  row.total_tokens = totalTokens(sums)
  // An unknown cost is not 0: the row has a cost only if at least one of its calls has a price.
  row.cost_usd = sums.calls > sums.unpriced_calls ? sumToUsd(sums) : null
  row.unpriced_calls = sums.unpriced_calls
  return row
}
