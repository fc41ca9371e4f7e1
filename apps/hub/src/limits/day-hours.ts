import { SAME_RESET_MS } from '@signalbox/usage/limit-snapshot'

/** What one reading says of one window. */
export interface LimitSample {
  /** Milliseconds. */
  readonly at: number
  /** 0–100 */
  readonly percent: number
  /** Milliseconds; undefined where it was not said, or the window is idle. */
  readonly resetsAt?: number | undefined
}

/**
 * An hour of one window, as far as it resets at one time: its highest percentage, and its ends, between which resets are
 * seen. Instants are milliseconds; without a reset time both are NaN.
 */
export interface HourGroup {
  readonly resetFrom: number
  readonly resetTo: number
  readonly firstAt: number
  readonly first: number
  readonly maxAt: number
  readonly max: number
  readonly lastAt: number
  readonly last: number
}

export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000
const NUMBERS = 8

/**
 * Adds samples to the hours of a day. In whatever order they come, and however often, the outcome is the same bytes.
 * @param kept as this function gave it; 64 bytes a group
 * @param samples of one day
 * @returns undefined when nothing has changed
 */
export function withSamples(kept: Uint8Array | undefined, samples: readonly LimitSample[]): Uint8Array | undefined {
  return withGroups(kept, samples.map(groupOf))
}

/** As `withSamples`, for the hours of the same day from another store. */
export function withGroups(kept: Uint8Array | undefined, added: readonly HourGroup[]): Uint8Array | undefined {
  let groups = kept === undefined ? [] : groupsOf(kept)
  for (const group of added) groups = withOne(groups, group)
  groups.sort((a, b) => a.firstAt - b.firstAt || (a.resetFrom || 0) - (b.resetFrom || 0))
  const bytes = bytesOf(groups)
  return kept !== undefined && Buffer.compare(kept, bytes) === 0 ? undefined : bytes
}

/** The hours of a day, the earliest first. */
export function groupsOf(bytes: Uint8Array): HourGroup[] {
  const numbers = numbersOf(bytes)
  const groups: HourGroup[] = []
  for (let n = 0; n + NUMBERS <= numbers.length; n += NUMBERS) {
    groups.push({
      resetFrom: numbers[n]!,
      resetTo: numbers[n + 1]!,
      firstAt: numbers[n + 2]!,
      first: numbers[n + 3]!,
      maxAt: numbers[n + 4]!,
      max: numbers[n + 5]!,
      lastAt: numbers[n + 6]!,
      last: numbers[n + 7]!,
    })
  }
  return groups
}

/**
 * Gives what a chart shows of the hours of a day: the first, the highest and the last of each group, in the order of time,
 * each once. Faster than `groupsOf` by all the objects that it does not make.
 * @param take is given NaN for a reset time that is not known
 */
export function eachShown(bytes: Uint8Array, take: (at: number, percent: number, resetsAt: number) => void): void {
  const numbers = numbersOf(bytes)
  for (let n = 0; n + NUMBERS <= numbers.length; n += NUMBERS) {
    const resetsAt = numbers[n + 1]!
    const [firstAt, maxAt, lastAt] = [numbers[n + 2]!, numbers[n + 4]!, numbers[n + 6]!]
    take(firstAt, numbers[n + 3]!, resetsAt)
    if (maxAt !== firstAt) take(maxAt, numbers[n + 5]!, resetsAt)
    if (lastAt !== firstAt && lastAt !== maxAt) take(lastAt, numbers[n + 7]!, resetsAt)
  }
}

/**
 * As `eachShown`, for a chart on which an hour is less than a point: the highest of each group, and its first where it
 * begins a new window.
 * @param before when the window of the day before resets; NaN where there is none
 * @returns the same of this one
 */
export function eachHighest(bytes: Uint8Array, before: number, take: (at: number, percent: number, resetsAt: number) => void): number {
  const numbers = numbersOf(bytes)
  let last = before
  for (let n = 0; n + NUMBERS <= numbers.length; n += NUMBERS) {
    const resetsAt = numbers[n + 1]!
    const firstAt = numbers[n + 2]!
    const maxAt = numbers[n + 4]!
    // Of windows without a reset time the ends of an hour are all there is to see one by.
    const unsaid = Number.isNaN(resetsAt)
    if (maxAt !== firstAt && (unsaid || !(Math.abs(resetsAt - last) < SAME_RESET_MS))) take(firstAt, numbers[n + 3]!, resetsAt)
    take(maxAt, numbers[n + 5]!, resetsAt)
    const lastAt = numbers[n + 6]!
    if (unsaid && lastAt !== maxAt && lastAt !== firstAt) take(lastAt, numbers[n + 7]!, resetsAt)
    last = resetsAt
  }
  return last
}

/** Not copied, where it lies as numbers have to lie. */
function numbersOf({ buffer, byteOffset, byteLength }: Uint8Array): Float64Array {
  if (byteOffset % 8 === 0) return new Float64Array(buffer, byteOffset, byteLength / 8)
  return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength))
}

function bytesOf(groups: readonly HourGroup[]): Uint8Array {
  const numbers = groups.flatMap((one) => [one.resetFrom, one.resetTo, one.firstAt, one.first, one.maxAt, one.max, one.lastAt, one.last])
  return new Uint8Array(Float64Array.from(numbers).buffer)
}

function groupOf({ at, percent, resetsAt = Number.NaN }: LimitSample): HourGroup {
  return { resetFrom: resetsAt, resetTo: resetsAt, firstAt: at, first: percent, maxAt: at, max: percent, lastAt: at, last: percent }
}

/** One may be the link between two that were apart. */
function withOne(groups: readonly HourGroup[], one: HourGroup): HourGroup[] {
  const apart: HourGroup[] = []
  let whole = one
  for (const group of groups) {
    if (isSame(group, one)) whole = merged(whole, group)
    else apart.push(group)
  }
  return [...apart, whole]
}

/** All of a group are linked by less than that to their neighbours, so its ends decide. */
function isSame(a: HourGroup, b: HourGroup): boolean {
  if (Math.floor(a.firstAt / HOUR_MS) !== Math.floor(b.firstAt / HOUR_MS)) return false
  if (Number.isNaN(a.resetFrom) || Number.isNaN(b.resetFrom)) return Number.isNaN(a.resetFrom) && Number.isNaN(b.resetFrom)
  return a.resetFrom - b.resetTo < SAME_RESET_MS && b.resetFrom - a.resetTo < SAME_RESET_MS
}

function merged(a: HourGroup, b: HourGroup): HourGroup {
  const first = a.firstAt < b.firstAt || (a.firstAt === b.firstAt && a.first >= b.first) ? a : b
  const max = a.max > b.max || (a.max === b.max && a.maxAt <= b.maxAt) ? a : b
  const last = a.lastAt > b.lastAt || (a.lastAt === b.lastAt && a.last >= b.last) ? a : b
  return {
    resetFrom: Math.min(a.resetFrom, b.resetFrom),
    resetTo: Math.max(a.resetTo, b.resetTo),
    firstAt: first.firstAt,
    first: first.first,
    maxAt: max.maxAt,
    max: max.max,
    lastAt: last.lastAt,
    last: last.last,
  }
}
