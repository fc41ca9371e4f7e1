import type { UsageModelRow, UsageSplit, UsageSplitRow, UsageSums, UsageTotals } from '@signalbox/contract/usage'
import { addUsage, type PlainSums } from './add-usage.ts'
import { ESTIMATED, NOT_ITEMISED, type Tokens, totalTokens } from './call.ts'
import { addPico, addPicoSum, type PicoSum, sumToUsd } from './money.ts'
import { findRates, type ModelRates, sliceCost } from './price.ts'
import type { PriceTable } from './price-table.ts'
import type { Slice } from './slice.ts'

/** Token sums with their cost. Extending `PicoSum` saves an object for each of thousands of rows. */
type PartSums = PicoSum & { -readonly [name in keyof Tokens]: number } & {
  calls: number
  unpriced_calls: number
  unfinished: number
  odd: number
  /** Slices whose models have a price: without any, the cost is unknown. */
  priced: number
  /** Undefined for most rows. */
  estimate: Estimate | undefined
}

/** The estimated output of calls whose output is not known, and its cost. */
type Estimate = PicoSum & { output: number; priced: number }

type ModelSums = PartSums & {
  readonly model: string
  /** Whether these are sums of records that are no calls themselves. */
  readonly isNotItemised: boolean
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

/**
 * @param name of the part that the slice belongs to, in the dimension of a split that is not by model
 * @param addsEstimates whether estimated output counts like any other
 */
export function addSlice(sums: Sums, table: PriceTable, slice: Slice, name?: string, addsEstimates = false): void {
  // What is not itemised has a row of its own beside that of its model.
  const isNotItemised = slice.source === NOT_ITEMISED
  const key = isNotItemised ? `${NOT_ITEMISED}\n${slice.model}` : slice.model
  let model = sums.models.get(key)
  if (model === undefined) {
    model = emptyPart(findRates(table, slice.model), slice.model, isNotItemised)
    sums.models.set(key, model)
  }
  const cost = model.rates === null ? null : sliceCost(table, model.rates, slice)
  const isEstimate = slice.source === ESTIMATED
  if (isEstimate) addEstimate(model, slice.output, cost)
  if (!isEstimate || addsEstimates) addTo(model, slice, cost)
  if (name !== undefined) {
    sums.parts ??= new Map()
    let part = sums.parts.get(name)
    if (part === undefined) {
      part = emptyPart(null)
      sums.parts.set(name, part)
    }
    if (isEstimate) addEstimate(part, slice.output, cost)
    if (!isEstimate || addsEstimates) addTo(part, slice, cost)
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

/**
 * Converts a row's accumulator to its totals, with the rows of its models and, with `split`, of its parts; highest cost first.
 * @param maxParts so many models and parts, the last of which is all others together; all when absent
 */
export function toTotals({ models, parts }: Sums, split?: UsageSplit, maxParts = Number.POSITIVE_INFINITY): UsageTotals {
  const all = emptyPart(null)
  const modelRows: UsageModelRow[] = []
  for (const sums of models.values()) {
    addPart(all, sums)
    modelRows.push(finishPart({ model: sums.model, ...(sums.isNotItemised ? { not_itemised: true } : {}) } as UsageModelRow, sums))
  }
  if (modelRows.length > 1)
    modelRows.sort((a, b) => byCostDescending(a, b) || (a.model < b.model ? -1 : a.model > b.model ? 1 : a.not_itemised ? 1 : -1))
  const row = finishPart({} as UsageTotals, all)
  row.models = joinOthers(modelRows, maxParts, (model) => ({ model }))
  if (split === 'model') row.splits = row.models.map(({ model, ...sums }) => ({ name: model, ...sums }))
  else if (split !== undefined) {
    const rows = [...(parts ?? [])]
      .map(([name, sums]) => finishPart({ name } as UsageSplitRow, sums))
      .sort((a, b) => byCostDescending(a, b) || (a.name < b.name ? -1 : 1))
    row.splits = joinOthers(rows, maxParts, (name) => ({ name }))
  }
  return row
}

/** The parts that `toTotals` writes. */
export function countParts({ models, parts }: Sums, split: UsageSplit | undefined, maxParts = Number.POSITIVE_INFINITY): number {
  const ofModels = Math.min(models.size, maxParts)
  return ofModels + (split === 'model' ? ofModels : Math.min(parts?.size ?? 0, maxParts))
}

/** The cost and the tokens of a row, by which rows are sorted. */
export function sumUp({ models }: Sums): UsageSums {
  const all = emptyPart(null)
  for (const sums of models.values()) addPart(all, sums)
  return finishPart({} as UsageSums, all)
}

function joinOthers<R extends UsageSums & { others?: number | undefined }>(
  rows: R[],
  maxParts: number,
  named: (name: string) => Omit<R, keyof UsageSums | 'others'>,
): R[] {
  if (rows.length <= maxParts) return rows
  const rest = rows.slice(maxParts - 1)
  const sums = rest.reduce<PlainSums>(addUsage, finishPart({} as UsageSums, emptyPart(null)))
  return [...rows.slice(0, maxParts - 1), { ...named(`(${rest.length} others)`), others: rest.length, ...sums } as R]
}

/** Sorts by cost, highest first and unknown last, then by tokens. */
export function byCostDescending(a: UsageSums, b: UsageSums): number {
  return (b.cost_usd ?? -1) - (a.cost_usd ?? -1) || b.total_tokens - a.total_tokens
}

/** The models with unpriced calls, as Claude Code wrote them. */
export function unpricedModels({ models }: Sums): string[] {
  const unpriced = [...models.values()].filter(({ rates, unpriced_calls }) => rates === null || unpriced_calls > 0)
  return [...new Set(unpriced.map(({ model }) => model))].sort()
}

function emptyPart(rates: ModelRates | null, model = '', isNotItemised = false): ModelSums {
  return {
    rates,
    model,
    isNotItemised,
    calls: 0,
    input: 0,
    output: 0,
    write_5m: 0,
    write_1h: 0,
    read: 0,
    unpriced_calls: 0,
    unfinished: 0,
    odd: 0,
    priced: 0,
    estimate: undefined,
    low: 0,
    high: 0n,
  }
}

function addEstimate(part: PartSums, output: number, cost: number | bigint | null): void {
  part.estimate ??= { output: 0, priced: 0, low: 0, high: 0n }
  part.estimate.output += output
  if (cost === null) return
  part.estimate.priced++
  addPico(part.estimate, cost)
}

function addTo(part: PartSums, slice: Slice, cost: number | bigint | null): void {
  part.calls += slice.calls
  part.input += slice.input
  part.output += slice.output
  part.write_5m += slice.write_5m
  part.write_1h += slice.write_1h
  part.read += slice.read
  part.unfinished += slice.unfinished
  part.odd += slice.odd
  if (cost === null) part.unpriced_calls += slice.calls
  else {
    part.priced++
    addPico(part, cost)
  }
}

function addParts(sums: Map<string, ModelSums>, others: Map<string, ModelSums>): void {
  for (const [name, other] of others) {
    let sum = sums.get(name)
    if (sum === undefined) {
      sum = emptyPart(other.rates, other.model, other.isNotItemised)
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
  sum.unfinished += other.unfinished
  sum.odd += other.odd
  sum.priced += other.priced
  addPicoSum(sum, other)
  if (other.estimate === undefined) return
  sum.estimate ??= { output: 0, priced: 0, low: 0, high: 0n }
  sum.estimate.output += other.estimate.output
  sum.estimate.priced += other.estimate.priced
  addPicoSum(sum.estimate, other.estimate)
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
  // An unknown cost is not 0: the row has a cost only if a part of it has a price.
  row.cost_usd = sums.priced > 0 ? sumToUsd(sums) : null
  row.unpriced_calls = sums.unpriced_calls
  row.unfinished_calls = sums.unfinished
  row.odd_calls = sums.odd
  if (sums.estimate !== undefined && sums.estimate.output > 0) {
    row.estimated_output = sums.estimate.output
    row.estimated_cost_usd = sums.estimate.priced > 0 ? sumToUsd(sums.estimate) : null
  }
  return row
}
