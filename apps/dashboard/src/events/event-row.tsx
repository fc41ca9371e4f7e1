import type { HubEvent } from '../hub/answer.ts'
import { Link } from '../router/link.tsx'
import { formatExactMoment, formatExactTime, formatWeekdayAndDay, toLocalDay } from '../ui/time-format.ts'
import { t } from '../words/events.ts'
import type { EventSearch } from './event-search.ts'
import { describeEvent, type EventSubject } from './event-text.ts'

interface EventRowProps {
  readonly event: HubEvent
  /** The time of the row above, which is newer. */
  readonly before: string | undefined
  readonly zone: string
  readonly projectName: (id: string) => string
  readonly search: EventSearch
}

/** One event: when, what, and a link to what it is about. */
export function EventRow({ event, before, zone, projectName, search }: EventRowProps) {
  const { title, detail, subject, tone } = describeEvent(event, projectName)
  const at = Date.parse(event.at)
  const day = toLocalDay(at, zone)
  const isNewDay = before === undefined || toLocalDay(Date.parse(before), zone) !== day
  const machine = typeof event.data.machine_id === 'string' ? event.data.machine_id : undefined
  return (
    <>
      {isNewDay && <li className="event-day overline">{formatWeekdayAndDay(day)}</li>}
      <li className="event-row" data-event={event.event} data-tone={tone}>
        <time className="event-time" dateTime={event.at} title={formatExactMoment(at, zone)}>
          {formatExactTime(at, zone)}
        </time>
        <span className="event-title" title={event.event}>
          {title}
        </span>
        <span className="event-about">
          {subject !== undefined && <Subject subject={subject} />}
          {detail !== undefined && <span className="muted">{detail}</span>}
        </span>
        {machine !== undefined && search.machine === undefined && subject?.to !== 'machine' && (
          <Link to="/events" search={{ ...search, machine }} className="event-machine small" title={t.onlyEventsOf(machine)}>
            {machine}
          </Link>
        )}
      </li>
    </>
  )
}

function Subject({ subject }: { readonly subject: EventSubject }) {
  const { name } = subject
  const shared = { className: 'event-subject', title: name }
  switch (subject.to) {
    case 'session':
      return (
        <Link to="/sessions/$id" params={{ id: subject.id }} {...shared}>
          {name}
        </Link>
      )
    case 'alert':
      return (
        <Link to="/alerts/$id" params={{ id: subject.id }} {...shared}>
          {name}
        </Link>
      )
    case 'machine':
      return (
        <Link to="/machines" hash={name} {...shared}>
          {name}
        </Link>
      )
    case 'limits':
      return (
        <Link to="/limits" search={subject.account === undefined ? {} : { account: subject.account }} {...shared}>
          {name}
        </Link>
      )
    case 'usage':
      return (
        <Link to="/usage" search={{ machine: subject.machine, range: 'today' }} {...shared}>
          {t.usageOf(name)}
        </Link>
      )
    default:
      return (
        <Link to="/settings" hash={subject.hash} {...shared}>
          {name}
        </Link>
      )
  }
}
