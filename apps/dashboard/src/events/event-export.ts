import type { HubEvent } from '../hub/answer.ts'
import { csvLine } from '../ui/csv-line.ts'
import { describeEvent } from './event-text.ts'

const subjects = ['session_id', 'project_id', 'machine_id', 'alert_id'] as const

/** The events as a table: what a person reads, the ids, and everything else as JSON in the last column. */
export function toEventCsv(events: readonly HubEvent[]): string {
  const head = csvLine(['id', 'at', 'event', 'text', ...subjects, 'data'])
  const lines = events.map((event) => {
    const { title, detail } = describeEvent(event, (id) => id)
    const text = detail === undefined ? title : `${title}: ${detail}`
    return csvLine([
      event.id,
      event.at,
      event.event,
      text,
      ...subjects.map((name) => String(event.data[name] ?? '')),
      JSON.stringify(event.data),
    ])
  })
  return head + lines.join('')
}

export function toEventJson(events: readonly HubEvent[]): string {
  return `${JSON.stringify(events, undefined, 2)}\n`
}
