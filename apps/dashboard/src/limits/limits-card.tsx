import type { CardAccount } from '../hub/accounts.ts'
import type { CurrentLimits } from '../hub/answer.ts'
import { describeLimitOrigin } from '../hub/collector-source.ts'
import { useHubNow } from '../hub/hub-clock.ts'
import { accountLabel, describeExtraUsage, missingOf, rowsOf, windowLabel } from '../hub/limit-row.ts'
import { useLimitForecast, useLimits } from '../hub/limits.ts'
import { Panel } from '../ui/panel.tsx'
import { browserTimeZone, formatExactMoment } from '../ui/time-format.ts'
import { t } from '../words/limits.ts'
import { CardProblemNote } from './card-problem-note.tsx'
import { toCardProblem, toStaleness } from './card-state.ts'
import { formatAge } from './format-age.ts'
import { LimitRow } from './limit-row.tsx'
import { LimitsLoading } from './limits-loading.tsx'
import { PlanDetails } from './plan-details.tsx'
import { useRefresh } from './refresh.tsx'
import { StaleNote } from './stale-note.tsx'
import './limits-card.css'

/** The Claude card: the usage of each limit of the plan, and how reliable it is. */
export function LimitsCard({ account, isLabelled }: CardAccount) {
  const limits = useLimits(account)
  const now = useHubNow(5_000)
  const state = toCardProblem(limits)
  const zone = browserTimeZone()
  const refresh = useRefresh(limits, account)
  const visible = state?.kind === 'waiting' ? undefined : limits.current
  return (
    <Panel title={titleOf(account, visible, isLabelled)} className="limits-card" aside={refresh.button}>
      {state !== undefined && state.kind !== 'loading' && <CardProblemNote state={state} />}
      {state?.kind === 'loading' && <LimitsLoading />}
      {visible !== undefined && (
        <CurrentLimitsView account={account} limits={visible} isFresh={limits.isFresh} dim={state !== undefined} now={now} zone={zone} />
      )}
      {refresh.status}
    </Panel>
  )
}

/** The card, only when it has numbers to show. */
export function LimitsCardIfAvailable(props: CardAccount) {
  const { current, problem } = useLimits(props.account)
  return current === undefined || problem?.notFound ? null : <LimitsCard {...props} />
}

/** Says whose limits they are, unless there is one account without a name. */
function titleOf(account: string | undefined, limits: CurrentLimits | undefined, isLabelled: boolean): string {
  if (!isLabelled && limits?.accountName === undefined) return t.claudePlan
  return t.claudePlanOf(accountLabel(limits ?? { account }))
}

interface CurrentLimitsViewProps {
  /** Undefined for the only one. */
  readonly account: string | undefined
  readonly limits: CurrentLimits
  readonly isFresh: boolean
  readonly dim: boolean
  /** On the hub's clock. */
  readonly now: number
  readonly zone: string
}

function CurrentLimitsView({ account, limits, isFresh, dim, now, zone }: CurrentLimitsViewProps) {
  const forecast = useLimitForecast(account)
  const rows = rowsOf(limits, now)
  const missing = missingOf(limits)
  const extra = describeExtraUsage(limits.extraUsage)
  const staleness = toStaleness(limits, now, isFresh)
  const updatedAt = Date.parse(limits.lastUpdated)
  return (
    <div className="limits-current" data-dim={dim || undefined}>
      {staleness !== undefined && <StaleNote staleness={staleness} collector={limits.collector} now={now} zone={zone} />}
      <PlanDetails limits={limits} />
      <ul className="limits-rows">
        {rows.map((row) => (
          <LimitRow key={row.key} row={row} forecasts={forecast.data?.windows} now={now} zone={zone} />
        ))}
      </ul>
      {extra !== undefined && (
        <p className="small limits-extra">
          <b>{t.extraUsage}</b> {extra}
        </p>
      )}
      {missing.length > 0 && (
        <p
          className="small muted limits-missing"
          title={missing.map(({ label, why }) => `${windowLabel(label)}: ${why ?? t.noReasonGiven}`).join('\n')}
        >
          {t.missingFromThisUpdate(missing.map(({ label }) => windowLabel(label)).join(', '))}
        </p>
      )}
      <p className="small muted limits-foot">
        <span>
          {t.updatedBySource(
            <time dateTime={limits.lastUpdated} title={formatExactMoment(updatedAt, zone)}>
              {formatAge(now - updatedAt)}
            </time>,
            describeLimitOrigin(limits),
          )}
        </span>
        {rows.some(({ state }) => state === 'known') && (
          <span className="limits-key" aria-hidden="true">
            <i /> {t.elapsed}
          </span>
        )}
      </p>
    </div>
  )
}
