import type { CollectorInfo } from '../hub/answer.ts'
import { describeHeldLimits } from '../hub/limit-row.ts'
import { Icon } from '../ui/icon.tsx'
import { formatDuration, formatTime } from '../ui/time-format.ts'
import { t } from '../words/limits.ts'
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
        <p className="limits-note-title">{t.staleOld(formatDuration(staleness.ageMs))}</p>
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
      return <>{t.signInRequiredUsage(machine, <code>npx signalbox web login</code>)}</>
    case 'offline':
      return (
        <>
          {t.collectorOfflineWasLast(
            machine,
            collector === undefined ? '' : formatAge(now - Date.parse(collector.lastSeenAt)),
            <code>npm start</code>,
          )}
        </>
      )
    case 'clock':
      return <>{collector === undefined ? '' : describeHeldLimits(collector)}</>
    case 'failing':
      return (
        <>
          {t.cannotReadLimits(
            machine,
            collector?.lastError === undefined ? '' : `: ${collector.lastError.message}`,
            collector?.nextAttemptAt !== undefined && Date.parse(collector.nextAttemptAt) > now
              ? t.nextAttemptAt(formatTime(Date.parse(collector.nextAttemptAt), zone))
              : '',
          )}
        </>
      )
    case 'paused':
      return <>{t.everySourceOfLimits(machine, <code>LIMIT_SOURCES</code>)}</>
    case 'never_seen':
      return <>{t.noCollectorHasConnected(<code>npm start</code>)}</>
    case 'nothing_new':
      return <>{t.isConnectedAndHas(machine)}</>
    default:
      return null
  }
}
