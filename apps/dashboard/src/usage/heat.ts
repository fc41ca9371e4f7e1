import { addDays, weekdayOf } from './calendar.ts'

export interface HeatDay {
  readonly day: string
  readonly value: number
  /** 0 nothing, 1 to 4 by the quarter of the used days it is in. */
  readonly level: 0 | 1 | 2 | 3 | 4
}

/** Weeks from Monday to Sunday, oldest first; undefined where the calendar has not begun or is not over. */
export type HeatWeek = readonly (HeatDay | undefined)[]

/** So many weeks of a calendar, the running one last. */
export function heatWeeks(values: ReadonlyMap<string, number>, today: string, weeks: number): HeatWeek[] {
  const monday = addDays(today, 1 - weekdayOf(today))
  const first = addDays(monday, -7 * (weeks - 1))
  const used = [...values].filter(([day, value]) => value > 0 && day >= first && day <= today).map(([, value]) => value)
  used.sort((a, b) => a - b)
  const bounds = [0.25, 0.5, 0.75].map((share) => used[Math.floor(used.length * share)] ?? Number.POSITIVE_INFINITY)
  const levelOf = (value: number) => (value <= 0 ? 0 : 1 + bounds.filter((bound) => value > bound).length) as HeatDay['level']
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (_, weekday) => {
      const day = addDays(first, week * 7 + weekday)
      if (day > today) return undefined
      const value = values.get(day) ?? 0
      return { day, value, level: levelOf(value) }
    }),
  )
}
