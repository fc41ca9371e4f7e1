import type { LimitPoint } from '@signalbox/contract/limit-history'
import { SAME_RESET_MS } from './limit-snapshot.ts'

/** Without reset times, a percentage that falls by more than this begins a new window; less is rounding. */
const MIN_DROP_PERCENT = 1
/** Within one window, a percentage that falls by more than this was set back; less is the order of two answers that came together. */
const MIN_SET_BACK_PERCENT = 5

/** Samples of one window, oldest first, in typed arrays: every chart reads up to 400 days of them. */
export class SampleSeries {
  #at = new Float64Array(1024)
  #percent = new Float64Array(1024)
  /** NaN where it is unknown. */
  #resetsAt = new Float64Array(1024)
  #length = 0
  #inOrder = true

  get length(): number {
    return this.#length
  }

  /** Adds a sample, in any order. @param resetsAt NaN where it is unknown */
  add(at: number, percent: number, resetsAt: number): void {
    const n = this.#length
    if (n === this.#at.length) this.#grow()
    if (n > 0 && at < this.#at[n - 1]!) this.#inOrder = false
    this.#at[n] = at
    this.#percent[n] = percent
    this.#resetsAt[n] = resetsAt
    this.#length++
  }

  /**
   * Thins to at most `points` points: both sides of every reset and the highest of each interval between them; where
   * there are too many resets, the highest of each interval and the lowest after a reset in it.
   * @param grain intervals are a multiple of this, in milliseconds
   */
  thinned(points: number, grain: number): LimitPoint[] {
    this.#sort()
    const resets = this.#resets()
    const selected = this.#length <= points ? undefined : this.#select(resets, points, grain)
    const all = selected === undefined ? Array.from({ length: this.#length }, (_, n) => n) : [...selected].sort((a, b) => a - b)
    return all.map((n) => {
      const resetsAt = this.#resetsAt[n]!
      return {
        at: new Date(this.#at[n]!).toISOString(),
        percentageUsed: this.#percent[n]!,
        ...(Number.isNaN(resetsAt) ? {} : { resetsAt: new Date(resetsAt).toISOString() }),
        ...(resets[n] === 1 ? { reset: true as const } : {}),
      }
    })
  }

  #grow(): void {
    const longer = (old: Float64Array<ArrayBuffer>) => {
      const next = new Float64Array(old.length * 2)
      next.set(old)
      return next
    }
    this.#at = longer(this.#at)
    this.#percent = longer(this.#percent)
    this.#resetsAt = longer(this.#resetsAt)
  }

  #sort(): void {
    if (this.#inOrder) return
    const order = Array.from({ length: this.#length }, (_, n) => n).sort((a, b) => this.#at[a]! - this.#at[b]! || a - b)
    const sorted = (old: Float64Array) => Float64Array.from(order, (n) => old[n]!)
    this.#at = sorted(this.#at)
    this.#percent = sorted(this.#percent)
    this.#resetsAt = sorted(this.#resetsAt)
    this.#inOrder = true
  }

  /** 1 for each sample that is the first of a new window. */
  #resets(): Uint8Array {
    const resets = new Uint8Array(this.#length)
    let latest = Number.NEGATIVE_INFINITY
    for (let n = 0; n < this.#length; n++) {
      const resetsAt = this.#resetsAt[n]!
      // A sample of an older window may come in between; the sample after it begins no new window.
      const isCurrent = n > 0 && !Number.isNaN(this.#resetsAt[n - 1]!) && resetsAt - latest < SAME_RESET_MS
      if (n > 0 && ((!isCurrent && this.#isReset(n)) || this.#isSetBack(n))) resets[n] = 1
      if (resetsAt > latest) latest = resetsAt
    }
    return resets
  }

  /** Whether the window was reset early: it ends when it would have ended. */
  #isSetBack(n: number): boolean {
    const isSameWindow = Math.abs(this.#resetsAt[n]! - this.#resetsAt[n - 1]!) < SAME_RESET_MS
    return isSameWindow && this.#percent[n - 1]! - this.#percent[n]! > MIN_SET_BACK_PERCENT
  }

  #isReset(n: number): boolean {
    const [before, after] = [this.#resetsAt[n - 1]!, this.#resetsAt[n]!]
    const drop = this.#percent[n - 1]! - this.#percent[n]!
    if (Number.isNaN(before)) return drop > MIN_DROP_PERCENT
    if (!Number.isNaN(after)) return after - before >= SAME_RESET_MS
    return this.#at[n]! >= before - SAME_RESET_MS ? drop > 0 : drop > MIN_DROP_PERCENT
  }

  #select(resets: Uint8Array, points: number, grain: number): Set<number> {
    const last = this.#length - 1
    const selected = new Set<number>([0, last])
    for (let n = 1; n < this.#length; n++) if (resets[n] === 1) selected.add(n - 1).add(n)
    const room = points - selected.size
    if (room >= points / 4) {
      for (const [from, to] of this.#intervals(room, grain)) selected.add(this.#highest(from, to))
      return selected
    }
    // The newest sample matters most to people.
    const extremes = new Set<number>(points > 2 ? [last] : [])
    for (const [from, to] of this.#intervals(Math.max(1, Math.floor((points - extremes.size) / 2)), grain)) {
      extremes.add(this.#highest(from, to))
      let low: number | undefined
      for (let n = from; n < to; n++) if (resets[n] === 1 && (low === undefined || this.#percent[n]! < this.#percent[low]!)) low = n
      if (low !== undefined) extremes.add(low)
    }
    return extremes
  }

  /** Splits the samples into at most `count` intervals of equal duration, as ranges [from, to) of indexes. */
  *#intervals(count: number, grain: number): Generator<readonly [number, number]> {
    const start = Math.floor(this.#at[0]! / grain) * grain
    const span = this.#at[this.#length - 1]! - start + 1
    const length = Math.ceil(span / count / grain) * grain
    let from = 0
    let index = 0
    for (let n = 0; n < this.#length; n++) {
      const at = Math.floor((this.#at[n]! - start) / length)
      if (at !== index && n > from) {
        yield [from, n]
        from = n
      }
      index = at
    }
    yield [from, this.#length]
  }

  #highest(from: number, to: number): number {
    let best = from
    for (let n = from + 1; n < to; n++) if (this.#percent[n]! > this.#percent[best]!) best = n
    return best
  }
}
