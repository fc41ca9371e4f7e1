import { useMutation } from '@tanstack/react-query'
import type { EventQuery } from '../hub/event-log.ts'
import { readAllEvents } from '../hub/event-log.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { saveFile } from '../ui/save-file.ts'
import { t } from '../words/events.ts'
import { toEventCsv, toEventJson } from './event-export.ts'

/** Saves every event of the log that matches the filters, not only those on the screen. */
export function EventExport({ query }: { readonly query: EventQuery }) {
  const save = useMutation({
    mutationFn: async (format: 'csv' | 'json') => {
      const events = await readAllEvents(query, new AbortController().signal)
      const name = `signalbox-events-${new Date().toISOString().slice(0, 10)}.${format}`
      if (format === 'csv') saveFile(name, 'text/csv', toEventCsv(events))
      else saveFile(name, 'application/json', toEventJson(events))
    },
  })
  return (
    <div className="event-export">
      {save.error !== null && (
        <span className="small" role="alert">
          {toProblem(save.error).message}
        </span>
      )}
      {(['csv', 'json'] as const).map((format) => (
        <Button key={format} onClick={() => save.mutate(format)} disabled={save.isPending} aria-label={t.exportAs(format.toUpperCase())}>
          <Icon name="download" size={16} /> {format.toUpperCase()}
        </Button>
      ))}
    </div>
  )
}
