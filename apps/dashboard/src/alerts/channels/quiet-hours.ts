import { t } from '../../words/channels.ts'
import type { QuietHours, Weekday } from './channel-form.ts'

export const weekdays: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

const short = (day: Weekday) => t.weekdays[day]

/** Days in a few words: `Mon–Fri`, `Sat, Sun`; undefined for every day. */
export function formatDays(days: readonly Weekday[] | undefined): string | undefined {
  if (days === undefined || days.length === weekdays.length) return undefined
  const runs: Weekday[][] = []
  for (const day of weekdays) {
    if (!days.includes(day)) continue
    const last = runs.at(-1)
    const before = last?.at(-1)
    if (last !== undefined && before !== undefined && weekdays.indexOf(before) === weekdays.indexOf(day) - 1) last.push(day)
    else runs.push([day])
  }
  return runs.map((run) => (run.length > 2 ? `${short(run[0]!)}–${short(run.at(-1)!)}` : run.map(short).join(', '))).join(', ')
}

/** `22:00–07:00 Mon–Fri (Europe/Berlin)`; the zone only where it is another than that of the reader. */
export function formatQuietHours({ from, to, days, zone }: QuietHours, ownZone: string): string {
  const time = from === to ? t.allDay : `${from}–${to}`
  return [time, formatDays(days), zone === ownZone ? undefined : `(${zone})`].filter((part) => part !== undefined).join(' ')
}
