/** What one stretch of time used of a limit, and what the calls cost that the hub knows of it. */
export interface Stretch {
  readonly percent: number
  readonly costUsd: number
}

/** What used a window, in percent of its limit. */
export interface WindowShare {
  readonly fromHere: number
  readonly elsewhere: number
}

/** With fewer stretches there is nothing to learn from. */
const MIN_STRETCHES = 4
/** Percentages are whole numbers: of less than this, rounding is too much. */
const MIN_PERCENT = 4
const MIN_COST_USD = 0.5
/** Where this share of the stretches uses less of the limit for a dollar, all of it is taken to be from here. */
const OWN_QUANTILE = 0.25

/**
 * Estimates which part of a window is from the calls that the hub knows. No source says so: where another person uses the plan, more of
 * it goes for each dollar here than at other times.
 * @param past other stretches of the same limit
 * @returns undefined with too little past
 */
export function estimateShare({ percent, costUsd }: Stretch, past: readonly Stretch[]): WindowShare | undefined {
  const rates = past
    .filter((one) => one.percent >= MIN_PERCENT && one.costUsd >= MIN_COST_USD)
    .map((one) => one.percent / one.costUsd)
    .sort((a, b) => a - b)
  if (rates.length < MIN_STRETCHES) return undefined
  const own = rates[Math.floor(OWN_QUANTILE * rates.length)]!
  const fromHere = Math.min(percent, costUsd * own)
  return { fromHere, elsewhere: percent - fromHere }
}
