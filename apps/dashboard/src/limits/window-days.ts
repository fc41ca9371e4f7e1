import type { LimitHistory } from '../hub/answer.ts'
import { toLocalDay } from '../ui/time-format.ts'
import { addDays, isoWeekday } from '../usage/calendar.ts'

/** How full the windows of a day or a week were. */
export interface WindowHeight {
  /** Percent, of the fullest. */
  readonly highest: number
  readonly windows: number
}

export interface CalendarWeek {
  /** Its Monday. */
  readonly start: string
  /** The windows of five hours, Monday first; undefined on days without data. */
  readonly days: readonly (WindowHeight | undefined)[]
  /** The windows that ended in this week, in the order of `CalendarWeeks.weekly`. */
  readonly weekly: readonly (WindowHeight | undefined)[]
}

export interface CalendarWeeks {
  readonly hasSessions: boolean
  /** The labels of the weekly limits. */
  readonly weekly: readonly string[]
  readonly weeks: readonly CalendarWeek[]
}

const MINUTE_MS = 60_000

/** The windows of a history by the days and weeks of a time zone. */
export function toCalendarWeeks({ series, since, until }: LimitHistory, zone: string): CalendarWeeks {
  const weekOf = (day: string) => addDays(day, 1 - isoWeekday(day))
  const days = new Map<string, Heights>()
  const weekly = series.filter(({ kind }) => kind !== 'session').map(({ label }) => ({ label, weeks: new Map<string, Heights>() }))
  for (const { kind, label, points } of series) {
    const own = weekly.find((one) => kind !== 'session' && one.label === label)?.weeks
    for (const { at, percentageUsed, resetsAt } of points) {
      if (resetsAt === undefined) continue
      const end = Math.round(Date.parse(resetsAt) / MINUTE_MS) * MINUTE_MS
      if (own === undefined) heightsOf(days, toLocalDay(Date.parse(at), zone)).add(percentageUsed, end)
      // A window that ends at midnight is one of the day before.
      else heightsOf(own, weekOf(toLocalDay(end - MINUTE_MS, zone))).add(percentageUsed, end)
    }
  }
  const weeks: CalendarWeek[] = []
  const last = [weekOf(toLocalDay(Date.parse(until), zone)), ...weekly.flatMap((one) => [...one.weeks.keys()])].sort().at(-1)!
  const first = [...[...days.keys()].map(weekOf), ...weekly.flatMap((one) => [...one.weeks.keys()])].sort()[0]
  for (let start = first ?? weekOf(toLocalDay(Date.parse(since), zone)); start <= last; start = addDays(start, 7)) {
    weeks.push({
      start,
      days: [0, 1, 2, 3, 4, 5, 6].map((day) => days.get(addDays(start, day))?.height),
      weekly: weekly.map((one) => one.weeks.get(start)?.height),
    })
  }
  return { hasSessions: days.size > 0, weekly: weekly.map(({ label }) => label), weeks }
}

class Heights {
  #highest = 0
  readonly #ends = new Set<number>()

  add(percent: number, end: number): void {
    this.#highest = Math.max(this.#highest, percent)
    this.#ends.add(end)
  }

  get height(): WindowHeight {
    return { highest: this.#highest, windows: this.#ends.size }
  }
}

function heightsOf(all: Map<string, Heights>, key: string): Heights {
  const found = all.get(key) ?? new Heights()
  all.set(key, found)
  return found
}

/** 0–5: the levels of the calendar. From 100 % on the limit was reached. */
export function levelOfHeight(percent: number): number {
  return [1, 30, 60, 80, 100].filter((step) => percent >= step).length
}
