import type { LimitPoint } from '@signalbox/contract/limits'
import { SAME_RESET_MS } from '@signalbox/usage/limit-snapshot'

/** A percentage that falls by more than this, where no reset times tell, is a new window; less is rounding. */
const FALLS = 1

/** Samples of one window, the oldest first; in arrays of numbers, because 400 days of them are looked through for every chart. */
export class SampleLine {
  #at = new Float64Array(1024)
  #percent = new Float64Array(1024)
  /** NaN where it was not said. */
  #resetsAt = new Float64Array(1024)
  #length = 0
  #inOrder = true

  get length(): number {
    return this.#length
  }

  /** In any order. @param resetsAt NaN where it is not known */
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
   * At most so many points: both sides of every reset and the highest of each stretch between; where there are more
   * resets than that, the highest of each stretch and the lowest after a reset in it.
   * @param grain stretches are as many times this long, in milliseconds
   */
  thinned(points: number, grain: number): LimitPoint[] {
    this.#sort()
    const resets = this.#resets()
    const kept = this.#length <= points ? undefined : this.#kept(resets, points, grain)
    const all = kept === undefined ? Array.from({ length: this.#length }, (_, n) => n) : [...kept].sort((a, b) => a - b)
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

  /** 1 for each that is the first of a new window: what was used before is gone. */
  #resets(): Uint8Array {
    const resets = new Uint8Array(this.#length)
    let latest = Number.NEGATIVE_INFINITY
    for (let n = 0; n < this.#length; n++) {
      const resetsAt = this.#resetsAt[n]!
      // Somebody who was told of an older window may come in between: what follows is no new one.
      const known = n > 0 && !Number.isNaN(this.#resetsAt[n - 1]!) && resetsAt - latest < SAME_RESET_MS
      if (n > 0 && !known && this.#isReset(n)) resets[n] = 1
      if (resetsAt > latest) latest = resetsAt
    }
    return resets
  }

  #isReset(n: number): boolean {
    const [before, after] = [this.#resetsAt[n - 1]!, this.#resetsAt[n]!]
    const fell = this.#percent[n - 1]! - this.#percent[n]!
    if (Number.isNaN(before)) return fell > FALLS
    if (!Number.isNaN(after)) return after - before >= SAME_RESET_MS
    return this.#at[n]! >= before - SAME_RESET_MS ? fell > 0 : fell > FALLS
  }

  #kept(resets: Uint8Array, points: number, grain: number): Set<number> {
    const last = this.#length - 1
    const sides = new Set<number>([0, last])
    for (let n = 1; n < this.#length; n++) if (resets[n] === 1) sides.add(n - 1).add(n)
    const room = points - sides.size
    if (room >= points / 4) {
      for (const [from, to] of this.#stretches(room, grain)) sides.add(this.#highest(from, to))
      return sides
    }
    // The newest is what people look for.
    const kept = new Set<number>(points > 2 ? [last] : [])
    for (const [from, to] of this.#stretches(Math.max(1, Math.floor((points - kept.size) / 2)), grain)) {
      kept.add(this.#highest(from, to))
      let low: number | undefined
      for (let n = from; n < to; n++) if (resets[n] === 1 && (low === undefined || this.#percent[n]! < this.#percent[low]!)) low = n
      if (low !== undefined) kept.add(low)
    }
    return kept
  }

  /** [from, to) by index, at most so many, all of one length in time. */
  *#stretches(most: number, grain: number): Generator<readonly [number, number]> {
    const start = Math.floor(this.#at[0]! / grain) * grain
    const span = this.#at[this.#length - 1]! - start + 1
    const length = Math.ceil(span / most / grain) * grain
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
