import type { LimitPoint } from '@signalbox/contract/limit-history'
import type { ForecastWindow } from './limit-forecast.ts'
import { type Random, randomFrom } from './random.ts'

/** How a person works, for simulated limits. */
export interface Habit {
  readonly name: string
  /** The chance of work on a working day and on a day off. */
  readonly days: readonly [number, number]
  /** When work begins and ends, as hours of the day. */
  readonly hours: readonly [number, number]
  /** Percent of the 5-hour limit in an hour of work. */
  readonly pace: number
  /** By how much the pace of an hour varies: the standard deviation of its logarithm. */
  readonly spread: number
  /** The change of the pace from the first week to the last, as a factor. */
  readonly drift: number
  /** Minutes of work between breaks, and of breaks. */
  readonly bursts: readonly [number, number]
  /** Extra usage pays beyond 100 %. */
  readonly extra?: true
}

export const habits: readonly Habit[] = [
  { name: 'steady', days: [0.95, 0.1], hours: [9, 18], pace: 12, spread: 0.5, drift: 1, bursts: [50, 20] },
  { name: 'in bursts', days: [0.7, 0.4], hours: [10, 23], pace: 20, spread: 1, drift: 1, bursts: [40, 90] },
  { name: 'more and more', days: [0.9, 0.2], hours: [8.5, 19], pace: 8, spread: 0.6, drift: 3, bursts: [60, 25] },
  { name: 'at the limit', days: [0.98, 0.5], hours: [8, 22], pace: 15, spread: 0.5, drift: 1, bursts: [90, 15] },
  { name: 'beyond it', days: [0.95, 0.3], hours: [9, 20], pace: 14, spread: 0.6, drift: 1.3, bursts: [70, 20], extra: true },
]

export interface SimulatedLimits {
  readonly session: LimitPoint[]
  readonly weekly: LimitPoint[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEP = 5 * MINUTE
/** How many times a 5-hour limit fits into the weekly one. */
const SESSIONS_PER_WEEK = 9

/** The limits of a plan over so many weeks as a person uses it: a point for each change, and one an hour. The same for the same seed. */
export function simulateLimits(habit: Habit, { weeks, start, seed }: { weeks: number; start: number; seed: number }): SimulatedLimits {
  const random = randomFrom(seed)
  const [session, weekly] = [new Series(), new Series()]
  let sessionEnd = 0
  let [inSession, inWeek] = [0, 0]
  let mood = 0
  for (let week = 0; week < weeks; week++) {
    mood = 0.6 * mood + 0.35 * normal(random)
    const away = random.chance(0.05)
    const weekEnd = start + (week + 1) * 7 * DAY
    inWeek = 0
    for (let day = 0; day < 7; day++) {
      const from = start + (week * 7 + day) * DAY
      const works = plan(habit, random, { day, away })
      const level = habit.pace * habit.drift ** (week / weeks) * Math.exp(mood + 0.3 * normal(random))
      let hourLevel = level
      for (let at = from; at < from + DAY; at += STEP) {
        if ((at - from) % HOUR === 0) hourLevel = level * Math.exp(habit.spread * normal(random))
        if (at >= sessionEnd) inSession = 0
        const isFree = habit.extra || (inSession < 100 && inWeek < 100)
        if (works((at - from) / HOUR) && isFree) {
          if (at >= sessionEnd) sessionEnd = Math.floor(at / HOUR) * HOUR + 5 * HOUR
          const used = (hourLevel * STEP) / HOUR
          inSession += used
          inWeek += used / SESSIONS_PER_WEEK
          if (!habit.extra) [inSession, inWeek] = [Math.min(100, inSession), Math.min(100, inWeek)]
        }
        const read = at + STEP - 1
        if (at < sessionEnd) session.add(read, Math.floor(inSession), sessionEnd)
        else session.add(read, 0, undefined)
        weekly.add(read, Math.floor(inWeek), weekEnd)
      }
    }
  }
  return { session: session.points, weekly: weekly.points }
}

/** Whether the person works at an hour of this day. */
function plan(habit: Habit, random: Random, { day, away }: { day: number; away: boolean }): (hour: number) => boolean {
  if (away || !random.chance(habit.days[day < 5 ? 0 : 1])) return () => false
  const [from, to] = [habit.hours[0] + 0.7 * normal(random), habit.hours[1] + normal(random)]
  const spans: [number, number][] = []
  for (let at = from; at < to; ) {
    const end = at + (-Math.log(1 - random.next()) * habit.bursts[0]) / 60
    spans.push([at, Math.min(to, end)])
    at = end + (-Math.log(1 - random.next()) * habit.bursts[1]) / 60
  }
  return (hour) => spans.some(([start, end]) => hour >= start && hour < end)
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

class Series {
  readonly points: LimitPoint[] = []
  #last = { at: 0, percent: -1, end: undefined as number | undefined }

  add(at: number, percent: number, end: number | undefined): void {
    if (percent === this.#last.percent && end === this.#last.end && at - this.#last.at < HOUR) return
    this.#last = { at, percent, end }
    this.points.push({
      at: new Date(at).toISOString(),
      percentageUsed: percent,
      ...(end === undefined ? {} : { resetsAt: new Date(end).toISOString() }),
    })
  }
}

/** The row that people see at a point of a series. */
export function rowAt(kind: ForecastWindow['kind'], point: LimitPoint): ForecastWindow {
  return {
    kind,
    label: kind === 'session' ? '5-hour limit' : 'Weekly limit',
    state: point.resetsAt === undefined ? 'idle' : 'known',
    percent: point.percentageUsed,
    ...(point.resetsAt === undefined ? {} : { resetsAt: Date.parse(point.resetsAt) }),
    readAt: Date.parse(point.at),
  }
}
