import { addDays, isoWeekday } from './calendar.ts'

export interface HeatmapDay {
  readonly day: string
  readonly value: number
  /** 0 for no usage, 1 to 4 by quartile of the active days. */
  readonly level: 0 | 1 | 2 | 3 | 4
}

/** Days from Monday to Sunday; undefined for days in the future. */
export type HeatmapWeek = readonly (HeatmapDay | undefined)[]

/** The last `weeks` weeks, the current one last. */
export function buildHeatmapWeeks(values: ReadonlyMap<string, number>, today: string, weeks: number): HeatmapWeek[] {
  const monday = addDays(today, 1 - isoWeekday(today))
  const first = addDays(monday, -7 * (weeks - 1))
  const active = [...values].filter(([day, value]) => value > 0 && day >= first && day <= today).map(([, value]) => value)
  active.sort((a, b) => a - b)
  const bounds = [0.25, 0.5, 0.75].map((share) => active[Math.floor(active.length * share)] ?? Number.POSITIVE_INFINITY)
  const levelOf = (value: number) => (value <= 0 ? 0 : 1 + bounds.filter((bound) => value > bound).length) as HeatmapDay['level']
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (_, weekday) => {
      const day = addDays(first, week * 7 + weekday)
      if (day > today) return undefined
      const value = values.get(day) ?? 0
      return { day, value, level: levelOf(value) }
    }),
  )
}
