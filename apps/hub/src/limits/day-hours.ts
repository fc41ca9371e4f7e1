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
  const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
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
