import type { CollectorInfo } from '../hub/answer.ts'
import { describeHeldLimits } from '../hub/limit-row.ts'
import { Icon } from '../ui/icon.tsx'
import { formatDuration, formatTime } from '../ui/time-format.ts'
import type { Staleness } from './card-state.ts'
import { formatAge } from './format-age.ts'

interface StaleNoteProps {
  readonly staleness: Staleness
  readonly collector: CollectorInfo | undefined
  /** On the hub's clock. */
  readonly now: number
  readonly zone: string
}

/** The age of the numbers, and why there are no newer ones. */
export function StaleNote({ staleness, collector, now, zone }: StaleNoteProps) {
  return (
    <div className="limits-note" data-kind="stale">
      <Icon name="clock" size={16} />
      <div>
        <p className="limits-note-title">Stale · {formatDuration(staleness.ageMs)} old</p>
        {staleness.reason !== undefined && (
          <p className="small">
            <StaleReasonText staleness={staleness} collector={collector} now={now} zone={zone} />
          </p>
        )}
      </div>
    </div>
  )
}

function StaleReasonText({ staleness: { reason }, collector, now, zone }: StaleNoteProps) {
  const machine = <b>{collector?.machine_id}</b>
  switch (reason) {
    case 'needs_login':
      return (
        <>
          Sign-in required: the usage page on {machine} asks for it. Run <code>npx signalbox web login</code> on that machine.
        </>
      )
    case 'offline':
      return (
        <>
          Collector offline: {machine} was last seen {collector === undefined ? '' : formatAge(now - Date.parse(collector.lastSeenAt))}.
          Start it on that machine with <code>npm start</code>.
        </>
      )
    case 'clock':
      return <>{collector === undefined ? '' : describeHeldLimits(collector)}</>
    case 'failing':
      return (
        <>
          {machine} cannot read the limits{collector?.lastError === undefined ? '' : `: ${collector.lastError.message}`}
          {collector?.nextAttemptAt !== undefined && Date.parse(collector.nextAttemptAt) > now
            ? ` (next attempt at ${formatTime(Date.parse(collector.nextAttemptAt), zone)})`
            : ''}
        </>
      )
    case 'paused':
      return (
        <>
          Every source of limits is disabled on {machine}. Enable one there with <code>LIMIT_SOURCES</code>.
        </>
      )
    case 'never_seen':
      return (
        <>
          No collector has connected to this hub. Start one with <code>npm start</code>.
        </>
      )
    case 'nothing_new':
      return <>{machine} is connected and has sent no newer data.</>
    default:
      return null
  }
}
