/** How often ranges were right in the past of an account. */
export interface TrackRecord {
  readonly right: number
  readonly cases: number
  readonly windows: number
}

/** What became of a window after an instant of it, as a multiple of the growth that was expected. */
export interface Outcome {
  /** The elapsed share of the window at that instant. */
  readonly share: number
  readonly multiple: number
  /** Nothing more was used. */
  readonly isStill: boolean
}

/** Multiples of the expected growth. */
export interface MultipleRange {
  readonly low: number
  readonly likely: number
  readonly high: number
}

/** The share of cases in which a range is to be right. */
export const FORECAST_LEVEL = 0.9
/** What is assumed before an account has a past, and how much each of them counts. */
const priorMultiples = [0, 0.1, 0.3, 0.5, 0.75, 1, 1.3, 1.7, 2.3, 3.5, 6]
const PRIOR_WEIGHT = 0.25
/** How near in a window two instants must be to say something about each other, as a share of it. */
const KERNEL_WIDTH = 0.1
/** With fewer near ones, those at other shares count too. */
const MIN_NEAR = 8
/** Windows count half as much after so many later ones. */
const HALF_LIFE_WINDOWS = 30
/** Older ones count for next to nothing. */
const MAX_WINDOWS = 3 * HALF_LIFE_WINDOWS
/** How fast the level follows when ranges were wrong more or less often than they are to be. */
const LEVEL_STEP = 0.04
/** From so many windows on the record is worth showing. */
const MIN_WINDOWS = 5
/** A window of the past this much below its expectation counts as still, as a multiple. */
const STILL = 0.02

/**
 * Learns how far the growth of a window is from what was expected, and makes ranges of it that are right nine times of ten.
 * Each range is tried on the next window before that is learned from, so the record is that of forecasts, not of fits.
 */
export class Calibration {
  #outcomes: { readonly share: number; readonly multiple: number; readonly window: number }[] = []
  #pending: Outcome[] = []
  #window = 0
  #missed = 1 - FORECAST_LEVEL
  #right = 0
  #cases = 0

  get record(): TrackRecord | undefined {
    return this.#window < MIN_WINDOWS ? undefined : { right: this.#right, cases: this.#cases, windows: this.#window }
  }

  add(outcome: Outcome): void {
    this.#pending.push(outcome)
  }

  /** The outcomes since the last call are of one window. */
  endWindow(): void {
    if (this.#pending.length === 0) return
    const right = this.#pending.filter(({ share, multiple }) => {
      const { low, high } = this.range(share)
      return multiple >= low && multiple <= high
    }).length
    const misses = 1 - right / this.#pending.length
    this.#missed = Math.min(0.3, Math.max(0.01, this.#missed + LEVEL_STEP * (1 - FORECAST_LEVEL - misses)))
    this.#right += right
    this.#cases += this.#pending.length
    this.#window++
    this.#outcomes = this.#outcomes.filter(({ window }) => window > this.#window - MAX_WINDOWS)
    for (const { share, multiple } of this.#pending) this.#outcomes.push({ share, multiple, window: this.#window })
    this.#pending = []
  }

  range(share: number): MultipleRange {
    let weighted = this.#near(share, KERNEL_WIDTH)
    for (let width = 2 * KERNEL_WIDTH; width < 1 && sumOf(weighted) < MIN_NEAR; width *= 2) weighted = this.#near(share, width)
    weighted.push(...priorMultiples.map((multiple) => ({ multiple, weight: PRIOR_WEIGHT })))
    weighted.sort((a, b) => a.multiple - b.multiple)
    const total = sumOf(weighted)
    const quantile = (level: number) => {
      let sum = 0
      for (const { multiple, weight } of weighted) {
        sum += weight
        if (sum >= level * total) return multiple
      }
      return weighted.at(-1)!.multiple
    }
    // Where nothing more is used often enough, the range begins there, and only its upper end can be wrong.
    const isOftenStill = quantile(this.#missed / 2) <= STILL
    return {
      low: isOftenStill ? 0 : quantile(this.#missed / 2),
      likely: quantile(0.5),
      high: quantile(1 - (isOftenStill ? this.#missed : this.#missed / 2)),
    }
  }

  #near(share: number, width: number): Weighted[] {
    const near: Weighted[] = []
    for (const { share: other, multiple, window } of this.#outcomes) {
      const weight = Math.exp(-(((share - other) / width) ** 2) / 2) * 0.5 ** ((this.#window - window) / HALF_LIFE_WINDOWS)
      if (weight > 1e-3) near.push({ multiple, weight })
    }
    return near
  }
}

interface Weighted {
  readonly multiple: number
  readonly weight: number
}

const sumOf = (weighted: readonly Weighted[]) => weighted.reduce((sum, { weight }) => sum + weight, 0)
