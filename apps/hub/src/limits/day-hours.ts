import { SAME_RESET_MS } from '@signalbox/usage/limit-snapshot'

/** One window in one snapshot. */
export interface LimitSample {
  /** Milliseconds. */
  readonly at: number
  /** 0–1000 */
  readonly percent: number
  /** Milliseconds; undefined where the snapshot does not have it, or the window is idle. */
  readonly resetsAt?: number | undefined
}

/**
 * The samples of one window in one hour with the same reset time: the first, the highest and the last of them. Instants
 * are milliseconds; without a reset time, `resetFrom` and `resetTo` are NaN.
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
const NUMBERS_PER_GROUP = 8

/**
 * Adds samples to the hours of a day. The result does not depend on their order or on repeats.
 * @param stored a result of this function, with 64 bytes for each group
 * @param samples of one day
 * @returns undefined when nothing has changed
 */
export function withSamples(stored: Uint8Array | undefined, samples: readonly LimitSample[]): Uint8Array | undefined {
  return withGroups(stored, samples.map(groupOf))
}

/** As `withSamples`, with the hours of the same day from another store. */
export function withGroups(stored: Uint8Array | undefined, added: readonly HourGroup[]): Uint8Array | undefined {
  let groups = stored === undefined ? [] : groupsOf(stored)
  for (const group of added) groups = addGroup(groups, group)
  groups.sort((a, b) => a.firstAt - b.firstAt || (a.resetFrom || 0) - (b.resetFrom || 0))
  const bytes = bytesOf(groups)
  return stored !== undefined && Buffer.compare(stored, bytes) === 0 ? undefined : bytes
}

/** The hours of a day, the earliest first. */
export function groupsOf(bytes: Uint8Array): HourGroup[] {
  const numbers = numbersOf(bytes)
  const groups: HourGroup[] = []
  for (let n = 0; n + NUMBERS_PER_GROUP <= numbers.length; n += NUMBERS_PER_GROUP) {
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
 * Passes the samples that a chart shows of the hours of a day: the first, the highest and the last of each group, in the
 * order of time, each once. Faster than `groupsOf`, because it creates no objects.
 * @param take gets NaN for an unknown reset time
 */
export function forEachSample(bytes: Uint8Array, take: (at: number, percent: number, resetsAt: number) => void): void {
  const numbers = numbersOf(bytes)
  for (let n = 0; n + NUMBERS_PER_GROUP <= numbers.length; n += NUMBERS_PER_GROUP) {
    const resetsAt = numbers[n + 1]!
    const [firstAt, maxAt, lastAt] = [numbers[n + 2]!, numbers[n + 4]!, numbers[n + 6]!]
    take(firstAt, numbers[n + 3]!, resetsAt)
    if (maxAt !== firstAt) take(maxAt, numbers[n + 5]!, resetsAt)
    if (lastAt !== firstAt && lastAt !== maxAt) take(lastAt, numbers[n + 7]!, resetsAt)
  }
}

/**
 * As `forEachSample`, for a chart on which an hour is smaller than a point: the highest of each group, and its first where
 * it begins a new window.
 * @param before reset time of the last window of the day before; NaN where there is none
 * @returns reset time of the last window of this day
 */
export function forEachHighest(bytes: Uint8Array, before: number, take: (at: number, percent: number, resetsAt: number) => void): number {
  const numbers = numbersOf(bytes)
  let last = before
  for (let n = 0; n + NUMBERS_PER_GROUP <= numbers.length; n += NUMBERS_PER_GROUP) {
    const resetsAt = numbers[n + 1]!
    const firstAt = numbers[n + 2]!
    const maxAt = numbers[n + 4]!
    // Without reset times, a reset shows only at the ends of an hour.
    const isUnknown = Number.isNaN(resetsAt)
    if (maxAt !== firstAt && (isUnknown || !(Math.abs(resetsAt - last) < SAME_RESET_MS))) take(firstAt, numbers[n + 3]!, resetsAt)
    take(maxAt, numbers[n + 5]!, resetsAt)
    const lastAt = numbers[n + 6]!
    if (isUnknown && lastAt !== maxAt && lastAt !== firstAt) take(lastAt, numbers[n + 7]!, resetsAt)
    last = resetsAt
  }
  return last
}

/** Copies the bytes only where they are not aligned to 8. */
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

/** Adds a group; it may link two groups that were separate. */
function addGroup(groups: readonly HourGroup[], one: HourGroup): HourGroup[] {
  const separate: HourGroup[] = []
  let combined = one
  for (const group of groups) {
    if (belongTogether(group, one)) combined = mergeGroups(combined, group)
    else separate.push(group)
  }
  return [...separate, combined]
}

/** Whether two groups are less than `SAME_RESET_MS` apart; the ends decide, because the members of a group are linked. */
function belongTogether(a: HourGroup, b: HourGroup): boolean {
  if (Math.floor(a.firstAt / HOUR_MS) !== Math.floor(b.firstAt / HOUR_MS)) return false
  if (Number.isNaN(a.resetFrom) || Number.isNaN(b.resetFrom)) return Number.isNaN(a.resetFrom) && Number.isNaN(b.resetFrom)
  return a.resetFrom - b.resetTo < SAME_RESET_MS && b.resetFrom - a.resetTo < SAME_RESET_MS
}

function mergeGroups(a: HourGroup, b: HourGroup): HourGroup {
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
