import { type LimitPath, percentAt } from './limit-path.ts'

/** A window at an instant. */
export interface WindowState {
  /** Milliseconds. */
  readonly start: number
  readonly end: number
  readonly at: number
  /** What is used by then. */
  readonly percent: number
  /** Percent per millisecond in the recent past; undefined where that is not known. */
  readonly pace: number | undefined
}

/** The growth from now until an instant as the recent pace, the windows of the past in proportion, and these alone would have it. */
export type GrowthFeatures = readonly [pace: number, inProportion: number, usual: number]

export interface ExpectedGrowth {
  /** Percent from now until an instant. Above 0 for every instant after now. */
  growthUntil(at: number): number
  /** The first instant at which it has grown so much, which lies before the end of the window. */
  reaches(growth: number): number
}

/** The positions of a window at which the usual course is known. */
const STEPS = 56
/** Windows count half as much after so many later ones: habits change. */
const HALF_LIFE_WINDOWS = 16
/** Older ones count for next to nothing. */
const MAX_WINDOWS = 4 * HALF_LIFE_WINDOWS
/** What a window without a past is expected to end with, in percent; only the floor of the growth comes from it. */
const UNKNOWN_FINAL = 30
/** Where nothing is expected, it is this share of the usual pace: something can always come. */
const FLOOR_SHARE = 0.1
/** Added to both sides of a proportion, in percent, so that the first percent of a window does not decide. */
const PROPORTION_OFFSET = 5
/** What the weights of the features are before anything is learned, and how much that counts, in windows. */
const priorWeights = [0.3, 0.4, 0.2] as const
const PRIOR_WINDOWS = 3
/** How near in a window two instants must be to learn from each other, as a share of it. */
const KERNEL_WIDTH = 0.15

interface Case {
  readonly share: number
  readonly window: number
  readonly features: GrowthFeatures
  readonly growth: number
}

/** Expects how a window goes on, from its recent pace and the course of those before it. */
export class GrowthModel {
  readonly #length: number
  /** The weighted sum of what was used at each position. */
  readonly #used = new Float64Array(STEPS + 1)
  #weight = 0
  #windows = 0
  #cases: Case[] = []

  constructor(length: number) {
    this.#length = length
  }

  get hasLearned(): boolean {
    return this.#windows > 0
  }

  learn(path: LimitPath, cases: readonly { readonly features: GrowthFeatures; readonly growth: number; readonly share: number }[]): void {
    const decay = 0.5 ** (1 / HALF_LIFE_WINDOWS)
    for (let step = 0; step <= STEPS; step++) {
      const at = path.start + (step / STEPS) * (path.end - path.start)
      this.#used[step] = this.#used[step]! * decay + percentAt(path, at)
    }
    this.#weight = this.#weight * decay + 1
    this.#windows++
    this.#cases = this.#cases.filter(({ window }) => window > this.#windows - MAX_WINDOWS)
    for (const one of cases) this.#cases.push({ ...one, window: this.#windows })
  }

  /** The usual usage at a share of the window. */
  #usualAt(share: number): number {
    const position = Math.min(1, Math.max(0, share)) * STEPS
    const step = Math.min(STEPS - 1, Math.floor(position))
    const [before, after] = [this.#used[step]!, this.#used[step + 1]!]
    return (before + (after - before) * (position - step)) / this.#weight
  }

  features({ start, at, percent, pace }: WindowState, until: number): GrowthFeatures {
    const shareOf = (instant: number) => (instant - start) / this.#length
    const mean = at > start ? percent / (at - start) : 0
    const paced = (pace ?? mean) * (until - at)
    if (!this.hasLearned) return [paced, paced, paced]
    const usualNow = this.#usualAt(shareOf(at))
    const usual = this.#usualAt(shareOf(until)) - usualNow
    return [paced, (usual * (percent + PROPORTION_OFFSET)) / (usualNow + PROPORTION_OFFSET), usual]
  }

  expect(state: WindowState): ExpectedGrowth {
    const { start, end, at } = state
    const weights = this.hasLearned ? this.#weights((at - start) / this.#length) : ([1, 0, 0] as const)
    const usualFinal = this.hasLearned ? this.#usualAt(1) : UNKNOWN_FINAL
    const floorPace = (FLOOR_SHARE * Math.max(2, usualFinal)) / this.#length
    const growthUntil = (until: number) => {
      const features = this.features(state, until)
      const modelled = weights[0] * features[0] + weights[1] * features[1] + weights[2] * features[2]
      return Math.max(floorPace * (until - at), modelled)
    }
    return {
      growthUntil,
      reaches(growth) {
        let [before, after] = [at, end]
        for (let n = 0; n < 40; n++) {
          const middle = (before + after) / 2
          if (growthUntil(middle) < growth) before = middle
          else after = middle
        }
        return after
      },
    }
  }

  /** The weights of the features that would have been best near this share of the past windows; none is negative. */
  #weights(share: number): readonly [number, number, number] {
    const gram = new Float64Array(9)
    const target = new Float64Array(3)
    let scale = 0
    let total = 0
    for (const { share: other, window, features, growth } of this.#cases) {
      const weight = Math.exp(-(((share - other) / KERNEL_WIDTH) ** 2) / 2) * 0.5 ** ((this.#windows - window) / HALF_LIFE_WINDOWS)
      if (weight < 1e-4) continue
      total += weight
      for (let i = 0; i < 3; i++) {
        target[i]! += weight * features[i]! * growth
        scale += (weight * features[i]! ** 2) / 3
        for (let j = 0; j < 3; j++) gram[3 * i + j]! += weight * features[i]! * features[j]!
      }
    }
    const ridge = total === 0 ? 1 : (PRIOR_WINDOWS * scale) / total + 1e-6
    const weights: [number, number, number] = [...priorWeights]
    // Coordinate descent, which converges in a few rounds.
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 3; i++) {
        let rest = target[i]! + ridge * priorWeights[i]!
        for (let j = 0; j < 3; j++) if (j !== i) rest -= gram[3 * i + j]! * weights[j]!
        weights[i] = Math.max(0, rest / (gram[4 * i]! + ridge))
      }
    }
    return weights
  }
}
