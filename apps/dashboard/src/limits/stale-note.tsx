import type { ShownCollector } from '../hub/answer.ts'
import { Icon } from '../ui/icon.tsx'
import { clock, duration } from '../ui/time-format.ts'
import { age } from './age.ts'
import type { Stale } from './card-state.ts'

interface StaleNoteProps {
  readonly stale: Stale
  readonly collector: ShownCollector | undefined
  /** On the hub's clock. */
  readonly now: number
  readonly zone: string
}

/** How old the numbers are, and why nothing newer is there. */
export function StaleNote({ stale, collector, now, zone }: StaleNoteProps) {
  return (
    <div className="limits-note" data-kind="stale">
      <Icon name="clock" size={16} />
      <div>
        <p className="limits-note-word">Stale · {duration(stale.age)} old</p>
        {stale.reason !== undefined && (
          <p className="small">
            <Why stale={stale} collector={collector} now={now} zone={zone} />
          </p>
        )}
      </div>
    </div>
  )
}

function Why({ stale: { reason }, collector, now, zone }: StaleNoteProps) {
  const machine = <b>{collector?.machine_id}</b>
  const seen = collector === undefined ? '' : age(now - Date.parse(collector.lastSeenAt))
  switch (reason) {
    case 'needs_login':
      return (
        <>
          Needs login: on {machine} the usage page asks to sign in. Run <code>npx signalbox console login</code> there.
        </>
      )
    case 'offline':
      return (
        <>
          Collector offline: {machine} was last seen {seen}. Start it there with <code>npm start</code>.
        </>
      )
    case 'failing':
      return (
        <>
          {machine} cannot read them at the moment{collector?.lastError === undefined ? '' : `: ${collector.lastError.message}`}
          {collector?.nextAttemptAt !== undefined && Date.parse(collector.nextAttemptAt) > now
            ? ` (next try at ${clock(Date.parse(collector.nextAttemptAt), zone)})`
            : ''}
        </>
      )
    case 'paused':
      return (
        <>
          Every source of readings is switched off on {machine}; <code>LIMIT_SOURCES</code> says which there are.
        </>
      )
    case 'never_heard':
      return (
        <>
          The hub has not heard of a collector. Start one with <code>npm start</code>.
        </>
      )
    case 'nothing_new':
      return <>{machine} is connected and has read nothing newer.</>
    default:
      return null
  }
}
