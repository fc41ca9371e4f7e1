import type { EventType, HubEvent } from '@signalbox/contract/event'
import type { NewEvent } from '../../event/new-event.ts'
import { EVENT_RETENTION_MS, type EventFilter, type EventSpan, type EventStore, MAX_STORED_EVENTS } from '../event.ts'
import type { Connection } from './connection.ts'

type EventRow = [id: number, event: EventType, at: number, data: string]

/** The event log; the writer calls `publish` after each commit. */
export function eventStore(connection: Connection): Omit<EventStore, 'append'> & { publish(events: readonly HubEvent[]): void } {
  const listeners = new Set<(events: readonly HubEvent[]) => void>()
  const select = (filter: EventFilter & EventSpan, condition: string, order: string, values: unknown[], limit: number): HubEvent[] => {
    const { sql, values: filtered } = where(filter)
    return connection.read(() =>
      (
        connection
          .rows(`SELECT event_id, event, at, data FROM event WHERE ${condition}${sql} ORDER BY event_id ${order} LIMIT ?`)
          .all(...values, ...filtered, limit) as EventRow[]
      ).map(eventOf),
    )
  }
  return {
    async page({ after, limit, ...filter }) {
      return select(filter, 'event_id > ?', 'ASC', [after], limit)
    },
    async latest({ before, limit, ...filter }) {
      const found = before === undefined ? select(filter, '1', 'DESC', [], limit) : select(filter, 'event_id < ?', 'DESC', [before], limit)
      return found.reverse()
    },
    async bounds() {
      return connection.read(() => {
        const [first] = connection.rows('SELECT coalesce(min(event_id), 0) FROM event').get() as [number]
        // The table's own counter, because an id stays used when its event was removed.
        const [last] = (connection.rows("SELECT seq FROM sqlite_sequence WHERE name = 'event'").get() ?? [0]) as [number]
        return { first, last }
      })
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    publish(events) {
      for (const listener of listeners) listener(events)
    },
  }
}

/** Adds an event to the log, inside a transaction. */
export function appendEvent(connection: Connection, { event, data }: NewEvent, now: number): HubEvent {
  const { lastInsertRowid } = connection
    .prepare('INSERT INTO event (event, at, session_id, project_id, machine_id, data) VALUES (?, ?, ?, ?, ?, ?)')
    .run(event, now, text(data.session_id), text(data.project_id), text(data.machine_id), JSON.stringify(data))
  return { id: Number(lastInsertRowid), event, at: new Date(now).toISOString(), data: data as Record<string, unknown> }
}

/** @returns rows removed */
export function sweepEvents(connection: Connection, now: number): number {
  return connection
    .prepare('DELETE FROM event WHERE at < ? OR event_id <= (SELECT max(event_id) FROM event) - ?')
    .run(now - EVENT_RETENTION_MS, MAX_STORED_EVENTS).changes
}

function where(filter: EventFilter & EventSpan): { sql: string; values: unknown[] } {
  const values: unknown[] = []
  let sql = ''
  if (filter.types !== undefined) {
    sql += ' AND event IN (SELECT value FROM json_each(?))'
    values.push(JSON.stringify(filter.types))
  }
  for (const name of ['session_id', 'project_id', 'machine_id'] as const) {
    if (filter[name] === undefined) continue
    sql += ` AND ${name} = ?`
    values.push(filter[name])
  }
  for (const [bound, comparison] of [
    [filter.since, '>='],
    [filter.until, '<'],
  ] as const) {
    if (bound === undefined) continue
    sql += ` AND at ${comparison} ?`
    values.push(bound)
  }
  return { sql, values }
}

function eventOf([id, event, at, data]: EventRow): HubEvent {
  return { id, event, at: new Date(at).toISOString(), data: JSON.parse(data) as Record<string, unknown> }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
