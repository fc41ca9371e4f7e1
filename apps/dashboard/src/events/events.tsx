import { folderNames } from '@signalbox/usage/project-name'
import { useMemo } from 'react'
import { useEventLog, useOlderEvents } from '../hub/event-log.ts'
import { toProblem } from '../hub/problem.ts'
import { useNavigate, useSearch } from '../router/use-router.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/events.ts'
import { EventExport } from './event-export-buttons.tsx'
import { EventFilters } from './event-filters.tsx'
import { EventRow } from './event-row.tsx'
import { type EventSearch, eventSpans, toEventQuery } from './event-search.ts'
import './events.css'

/** Everything that happened: the log of the hub, newest first, live. */
export function Events() {
  const search = useSearch({ from: '/events' })
  const navigate = useNavigate({ from: '/events' })
  const change = (next: EventSearch) => void navigate({ search: next, replace: true })
  const zone = browserTimeZone()
  // From the moment on at which it was chosen, so that events do not leave the list while someone reads it.
  const since = useMemo(
    () => (search.last === undefined ? undefined : new Date(Date.now() - eventSpans[search.last]).toISOString()),
    [search.last],
  )
  const query = toEventQuery(search, since)
  const log = useEventLog(query)
  const older = useOlderEvents(query)
  const problem = log.error === null ? undefined : toProblem(log.error)
  const events = log.data?.events.toReversed() ?? []
  const projects = [...new Set(events.flatMap(({ data }) => (typeof data.project_id === 'string' ? data.project_id : [])))]
  const names = new Map(folderNames(projects).map((name, index) => [projects[index] ?? name, name]))
  const filtered = Object.keys(search).length > 0
  const olderProblem = older.error === null ? undefined : toProblem(older.error)

  return (
    <div className="screen">
      <ScreenTitle name={t.events} />
      <header className="screen-head">
        <div>
          <h1>{t.events}</h1>
          <p className="muted">{t.whatHappenedToSessions}</p>
        </div>
        <EventExport query={query} />
      </header>
      <EventFilters search={search} change={change} />
      {problem !== undefined && !(problem.offline && log.data !== undefined) && <ProblemNote {...problem} onRetry={() => log.refetch()} />}
      {log.data === undefined ? (
        problem === undefined && <Skeleton height={420} label={t.loadingEvents} />
      ) : (
        <Panel
          title={filtered ? t.eventsThatMatch : t.latestEvents}
          className="dims"
          aside={events.length > 0 && <span className="small muted">{t.eventsShown(events.length)}</span>}
        >
          {events.length === 0 ? (
            <div className="events-none">
              <p className="muted">{filtered ? t.noEventMatchesThese : t.nothingHasHappenedYet}</p>
              {filtered && <Button onClick={() => change({})}>{t.showAllEvents}</Button>}
            </div>
          ) : (
            <ol className="event-list" aria-label={t.eventsNewestFirst}>
              {events.map((event, index) => (
                <EventRow
                  key={event.id}
                  event={event}
                  before={events[index - 1]?.at}
                  zone={zone}
                  projectName={(id) => names.get(id) ?? id}
                  search={search}
                />
              ))}
            </ol>
          )}
          {olderProblem !== undefined && <ProblemNote {...olderProblem} onRetry={() => older.mutate()} />}
          {log.data.hasOlder && (
            <p className="events-more">
              <Button onClick={() => older.mutate()} disabled={older.isPending}>
                {older.isPending ? t.loading : t.showOlder}
              </Button>
            </p>
          )}
        </Panel>
      )}
    </div>
  )
}
