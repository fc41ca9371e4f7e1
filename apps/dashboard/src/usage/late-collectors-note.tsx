import type { ListedMachine } from '../hub/answer.ts'
import { collectorConditionOf } from '../hub/collector-state.ts'
import { useMachines } from '../hub/machine.ts'
import { Link } from '../router/link.tsx'
import { Ago } from '../ui/moment.tsx'
import { formatExact } from '../ui/number-format.ts'
import { StatusIndicator } from '../ui/status-indicator.tsx'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/usage.ts'
import type { UsageView } from './use-usage-view.ts'

/** A machine that has been away for longer is taken for one that does not come back. */
const MAX_AWAY_MS = 30 * 86_400_000
/** More are counted. */
const MAX_NAMED = 3

/** Of which machines calls of the shown days may be missing: what their collectors have counted has not arrived. */
export function LateCollectorsNote({ view }: { readonly view: UsageView }) {
  const now = useNow(60_000)
  const late = [...(useMachines().data?.values() ?? [])].flatMap((machine) => (isAsked(machine, view) ? describe(machine, view, now) : []))
  if (late.length === 0) return null
  late.sort((a, b) => (a.since < b.since ? -1 : 1))
  const named = late.length > MAX_NAMED + 1 ? late.slice(0, MAX_NAMED) : late
  return (
    <ul className="late-collectors small">
      {named.map(({ id, text }) => (
        <li key={id} className="breakable">
          <StatusIndicator color="amber" /> {text}
        </li>
      ))}
      {named.length < late.length && (
        <li>
          <Link to="/machines">{t.moreMachines(late.length - named.length)}</Link>
        </li>
      )}
    </ul>
  )
}

function isAsked({ machine_id }: ListedMachine, { base }: UsageView): boolean {
  return base.machine_id === undefined || base.machine_id === machine_id
}

function describe({ machine_id, collector }: ListedMachine, { range, zone }: UsageView, now: number) {
  if (collector === undefined) return []
  const { last_contact, pending, pending_since = last_contact } = collector
  const condition = collectorConditionOf(collector)
  const link = (
    <Link to="/machines" hash={machine_id}>
      {machine_id}
    </Link>
  )
  const row = (since: string, text: typeof t.asOf) => {
    // What is missing is of the time since then.
    if (range.until !== undefined && since.slice(0, 10) > range.until) return []
    return [{ id: machine_id, since, text: text(link, <Ago at={since} zone={zone} />) }]
  }
  if (condition === 'lost' || condition === 'stopped') return now - Date.parse(last_contact) > MAX_AWAY_MS ? [] : row(last_contact, t.asOf)
  const calls = pending?.calls ?? 0
  return condition === 'connected' || calls === 0
    ? []
    : row(pending_since, (machine, ago) => t.callsWait(formatExact(calls), calls, machine, ago))
}
