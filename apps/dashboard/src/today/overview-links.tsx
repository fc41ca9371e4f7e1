import type { ReactNode } from 'react'
import type { UsageReport } from '../hub/answer.ts'
import { useLatestEvent } from '../hub/latest-event.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Link } from '../router/link.tsx'
import type { FleetCounts } from '../sessions/fleet-counts.ts'
import type { Board } from '../sessions/use-board.ts'
import { Count, Money } from '../ui/amount.tsx'
import { whyAtLeast } from '../ui/at-least.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { formatPercent } from '../ui/number-format.ts'
import { formatAgo, formatDuration } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/today.ts'
import { limitName, useLimitFact } from './limit-fact.ts'
import './overview-links.css'

interface OverviewLinksProps {
  /** Today, by hour. */
  readonly report: UsageReport | undefined
  readonly fleet: FleetCounts | undefined
  readonly board: Pick<Board, 'sessions' | 'machines' | 'machinesKnown'>
}

/** The other screens, each with its own state in one line. */
export function OverviewLinks({ report, fleet, board }: OverviewLinksProps) {
  return (
    <nav aria-label={t.overview} className="overview-links">
      <OverviewLink to="/usage" icon="usage" name={t.usage} state={<UsageState report={report} />} />
      <OverviewLink to="/limits" icon="limits" name={t.limits} state={<LimitsState />} />
      <OverviewLink to="/sessions" icon="sessions" name={t.sessions} state={board.sessions === undefined ? '…' : describeFleet(fleet)} />
      <OverviewLink to="/machines" icon="machines" name={t.machines} state={board.machinesKnown ? describeMachines(board.machines) : '…'} />
      <OverviewLink to="/events" icon="events" name={t.events} state={<EventsState />} />
      <OverviewLink to="/settings" icon="settings" name={t.settings} state={<SettingsState />} />
    </nav>
  )
}

interface OverviewLinkProps {
  readonly to: '/usage' | '/limits' | '/sessions' | '/machines' | '/events' | '/settings'
  readonly icon: IconName
  readonly name: string
  readonly state: ReactNode
}

function OverviewLink({ to, icon, name, state }: OverviewLinkProps) {
  return (
    <Link to={to} className="overview-link">
      <Icon name={icon} />
      <span className="overview-link-name">{name}</span>
      <span className="overview-link-state">{state}</span>
    </Link>
  )
}

function UsageState({ report }: { readonly report: UsageReport | undefined }) {
  if (report === undefined) return '…'
  const { calls, cost_usd, total_tokens } = report.totals
  if (calls === 0 && total_tokens === 0) return t.nothingTodayYet
  const atLeast = whyAtLeast(report.totals)
  return (
    <>
      {t.usageToday(
        cost_usd === null ? <Count value={total_tokens} unit="token" atLeast={atLeast} /> : <Money value={cost_usd} atLeast={atLeast} />,
        cost_usd === null && t.tokensUnit,
      )}
    </>
  )
}

function LimitsState() {
  const limit = useLimitFact()
  if (limit === undefined) return t.noPlanLimitsKnown
  const reset = limit.resetsInMs === undefined ? '' : t.resetsIn(formatDuration(limit.resetsInMs))
  return t.limitUsed(formatPercent(limit.percent / 100), limitName(limit.label), reset)
}

function describeFleet(fleet: FleetCounts | undefined): string {
  if (fleet === undefined) return t.noneYet
  const attention = fleet.waiting + fleet.stalled + fleet.failed
  const active = fleet.active === 0 ? t.noneActive : t.active(fleet.active)
  return attention === 0 ? active : t.needAttention(active, attention)
}

function describeMachines(machines: Board['machines']): string {
  const all = [...machines.values()]
  const online = all.filter(({ status }) => status === 'online').length
  if (all.length === 0) return t.noneYet
  return online === all.length ? t.machinesOnline(all.length) : t.ofMachinesOnline(online, all.length)
}

function EventsState() {
  const now = useNow(10_000)
  const latest = useLatestEvent()
  if (latest === undefined) return '…'
  return latest === null ? t.noneYet : t.lastOne(formatAgo(latest, now))
}

function SettingsState() {
  const who = useWhoAmI().data
  if (who === undefined) return '…'
  if (who.bypass) return t.openWithoutKey
  return t.signedInAs(who.name ?? t.aKey)
}
