import type { LimitPoint } from '@signalbox/contract/limits'
import { SAME_RESET_MS } from '@signalbox/usage/limit-snapshot'
import type { LimitSample } from './day-hours.ts'

/** A percentage that falls by more than this, where no reset times tell, is a new window; less is rounding. */
const FALLS = 1

export interface Marked extends LimitSample {
  /** The first of a new window. */
  readonly reset: boolean
}

/** @param samples of one window, the oldest first */
export function markResets(samples: readonly LimitSample[]): Marked[] {
  const marked: Marked[] = []
  let before: LimitSample | undefined
  let latest = Number.NEGATIVE_INFINITY
  for (const sample of samples) {
    // Somebody who was told of an older window comes in between: what follows is no new one.
    const known = sample.resetsAt !== undefined && before?.resetsAt !== undefined && sample.resetsAt - latest < SAME_RESET_MS
    marked.push({ ...sample, reset: !known && before !== undefined && isReset(before, sample) })
    latest = Math.max(latest, sample.resetsAt ?? latest)
    before = sample
  }
  return marked
}

/** Whether what was used before is gone. */
export function isReset(before: LimitSample, after: LimitSample): boolean {
  if (before.resetsAt !== undefined && after.resetsAt !== undefined) return after.resetsAt - before.resetsAt >= SAME_RESET_MS
  const over = before.resetsAt !== undefined && after.at >= before.resetsAt - SAME_RESET_MS
  return over ? after.percent < before.percent : before.percent - after.percent > FALLS
}

/**
 * At most so many points: both sides of every reset and the highest of each stretch between; where there are more resets
 * than that, the highest of each stretch and the lowest after a reset in it.
 * @param samples the oldest first
 * @param grain stretches are as many times this long, in milliseconds
 */
export function thinned(samples: readonly Marked[], points: number, grain: number): Marked[] {
  if (samples.length <= points) return [...samples]
  const last = samples.length - 1
  const sides = new Set<number>()
  for (const [n, { reset }] of samples.entries()) if (reset) sides.add(n - 1).add(n)
  const ends = [0, last]
  const room = points - sides.size - ends.length
  const kept = room >= points / 4 ? withHighest(samples, new Set([...sides, ...ends]), room, grain) : ofStretches(samples, points, grain)
  return [...kept].sort((a, b) => a - b).map((n) => samples[n]!)
}

function withHighest(samples: readonly Marked[], kept: Set<number>, stretches: number, grain: number): Set<number> {
  for (const [from, to] of stretchesOf(samples, stretches, grain)) kept.add(highest(samples, from, to))
  return kept
}

function ofStretches(samples: readonly Marked[], points: number, grain: number): Set<number> {
  const kept = new Set<number>()
  // The newest is what people look for.
  if (points > 2) kept.add(samples.length - 1)
  for (const [from, to] of stretchesOf(samples, Math.max(1, Math.floor((points - kept.size) / 2)), grain)) {
    kept.add(highest(samples, from, to))
    let low: number | undefined
    for (let n = from; n < to; n++) if (samples[n]!.reset && (low === undefined || samples[n]!.percent < samples[low]!.percent)) low = n
    if (low !== undefined) kept.add(low)
  }
  return kept
}

/** [from, to) by index, at most so many, all of one length in time. */
function* stretchesOf(samples: readonly Marked[], most: number, grain: number): Generator<[number, number]> {
  const start = Math.floor(samples[0]!.at / grain) * grain
  const span = samples.at(-1)!.at - start + 1
  const length = Math.ceil(span / most / grain) * grain
  let from = 0
  let index = 0
  for (let n = 0; n < samples.length; n++) {
    const at = Math.floor((samples[n]!.at - start) / length)
    if (at !== index && n > from) {
      yield [from, n]
      from = n
    }
    index = at
  }
  yield [from, samples.length]
}

function highest(samples: readonly Marked[], from: number, to: number): number {
  let best = from
  for (let n = from + 1; n < to; n++) if (samples[n]!.percent > samples[best]!.percent) best = n
  return best
}

export function pointOf({ at, percent, resetsAt, reset }: Marked): LimitPoint {
  return {
    at: new Date(at).toISOString(),
    percentageUsed: percent,
    ...(resetsAt === undefined ? {} : { resetsAt: new Date(resetsAt).toISOString() }),
    ...(reset ? { reset: true as const } : {}),
  }
}
