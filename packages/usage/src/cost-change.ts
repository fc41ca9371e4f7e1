import { median } from './cost-anomaly.ts'

/** What was used in one span: a day, a week. */
export interface CostSums {
  readonly cost: number
  readonly tokens: number
}

/** A sum by name, of one dimension. */
export type CostParts = ReadonlyMap<string, number>

/** The cost of a span beside another, split so that both parts add up to the difference. */
export interface CostChange {
  readonly difference: number
  /** Undefined where nothing was used before. */
  readonly ratio: number | undefined
  /** What the difference in tokens would have cost at the price of a token before. */
  readonly volume: number
  /** What the tokens cost more because each of them did. */
  readonly price: number
}

/** Counted in hundredths of a cent, which a number holds exactly: what is shown adds up to the last digit. */
const UNITS_PER_USD = 10_000
/** Never −0, which is shown as a minus. */
const toUnits = (usd: number) => Math.round(usd * UNITS_PER_USD) + 0
const toUsd = (units: number) => units / UNITS_PER_USD

export function costChange(now: CostSums, before: CostSums): CostChange {
  const difference = toUnits(now.cost) - toUnits(before.cost)
  const volume = before.tokens > 0 ? toUnits(((now.tokens - before.tokens) * before.cost) / before.tokens) : difference
  return {
    difference: toUsd(difference),
    ratio: before.cost > 0 ? toUsd(difference) / before.cost : undefined,
    volume: toUsd(volume),
    price: toUsd(difference - volume),
  }
}

export interface Contribution {
  readonly dimension: string
  readonly parts: readonly { readonly name: string; readonly difference: number }[]
}

/** A part names the reason from this share of the difference on; parts after it are said from the second share on. */
const MIN_REASON = 0.4
const MIN_PART = 0.1
const MAX_PARTS = 3

/**
 * The dimension of which one name explains most of a difference, with its largest parts in the direction of it.
 * @returns undefined where no single name explains enough
 */
export function mainContribution(
  difference: number,
  dimensions: Readonly<Record<string, { readonly now: CostParts; readonly before: CostParts }>>,
): Contribution | undefined {
  let best: Contribution | undefined
  for (const [dimension, { now, before }] of Object.entries(dimensions)) {
    const names = new Set([...now.keys(), ...before.keys()])
    // One name has all of it anyway, and explains nothing.
    if (names.size < 2) continue
    const parts = [...names]
      .map((name) => ({ name, difference: toUsd(toUnits(now.get(name) ?? 0) - toUnits(before.get(name) ?? 0)) }))
      .filter((part) => part.difference * difference > 0 && part.difference / difference >= MIN_PART)
      .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
      .slice(0, MAX_PARTS)
    const [first] = parts
    if (first === undefined || first.difference / difference < MIN_REASON) continue
    if (best === undefined || Math.abs(first.difference) > Math.abs(best.parts[0]!.difference)) best = { dimension, parts }
  }
  return best
}

/** A day is unusual from this difference to the usual on, if it is also beyond all but a fifth of the days. */
const UNUSUAL_RATIO = 0.2
const UNUSUAL_RANK = 0.8
/** With fewer days it is too early to say what is usual. */
export const MIN_USUAL_DAYS = 8

/** Whether a day's cost is unusual among those of its kind, and how many of them it is beyond. */
export function rankAmong(cost: number, usual: readonly number[]): { isUnusual: boolean; beyond: number } {
  const middle = median(usual)
  const beyond = usual.filter((one) => (cost >= middle ? one < cost : one > cost)).length
  return { isUnusual: middle > 0 && Math.abs(cost - middle) / middle >= UNUSUAL_RATIO && beyond / usual.length >= UNUSUAL_RANK, beyond }
}
