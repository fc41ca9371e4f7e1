import { Suspense } from 'react'
import { useAlertSummary } from '../hub/alert-summary.ts'
import { useAlertHistory } from '../hub/alerts.ts'
import { toProblem } from '../hub/problem.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Link } from '../router/link.tsx'
import { useNavigate, useSearch } from '../router/use-router.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { Button } from '../ui/button.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { formatExact } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { t } from '../words/alerts.ts'
import { AcknowledgeAllButton } from './acknowledge-all-button.tsx'
import { toAlertFilter } from './alert-filter.ts'
import { AlertRow } from './alert-row.tsx'
import { PauseButton } from './pause-button.tsx'
import { PauseNote } from './pause-note.tsx'
import './alerts.css'

/** The filters weigh as much as the list, so they load after it. */
const AlertFilters = lazyPart(() => import('./alert-filters.tsx').then(({ AlertFilters }) => ({ default: AlertFilters })))

/** Every alert, open or over, newest first. */
export function Alerts() {
  const search = useSearch({ from: '/alerts' })
  const navigate = useNavigate({ from: '/alerts' })
  const summary = useAlertSummary()
  const scopes = useWhoAmI().data?.scopes ?? []
  const filter = toAlertFilter(search)
  const history = useAlertHistory(filter)
  const open = summary.data?.unacknowledged
  const unacknowledged = open === undefined ? 0 : open.info + open.warning + open.critical
  // Those of one rule, session or machine are few, and each has its own button.
  const isNarrow = filter.rule_id !== undefined || filter.session_id !== undefined || filter.machine_id !== undefined
  const canAcknowledge = scopes.includes('write') && unacknowledged > 1 && !isNarrow
  const rows = history.data?.pages.flatMap((page) => page.rows)
  const total = history.data?.pages.at(-1)?.total ?? 0
  const problem = history.error === null ? undefined : toProblem(history.error)
  const filtered = Object.keys(search).length > 0
  return (
    <div className="screen alerts">
      <ScreenTitle name={t.alertsLabel} />
      <header className="screen-head">
        <div>
          <h1>{t.alertsLabel}</h1>
          {summary.data !== undefined && <p className="muted">{describeSummary(summary.data)}</p>}
        </div>
        <div className="alerts-head-actions">
          <Link to="/settings" hash="channels" className="button">
            {t.channelsAndRules}
          </Link>
          {canAcknowledge && <AcknowledgeAllButton filter={filter} count={unacknowledged} />}
          {scopes.includes('admin') && summary.data?.paused === undefined && <PauseButton />}
        </div>
      </header>
      {summary.data?.enabled === false && (
        <p className="offline-note" role="note">
          {t.alertsAreSwitchedOff(<code>ALERTS=false</code>)}
        </p>
      )}
      {summary.data?.paused !== undefined && <PauseNote pause={summary.data.paused} />}
      <Suspense fallback={<div className="alerts-filters-placeholder" />}>
        <AlertFilters search={search} change={(next) => void navigate({ search: next, replace: true })} />
      </Suspense>
      {problem !== undefined && !(problem.offline && rows !== undefined) && <ProblemNote {...problem} onRetry={() => history.refetch()} />}
      {rows === undefined ? (
        problem === undefined && <Skeleton height={320} label={t.loadingAlerts} />
      ) : (
        <Panel
          title={filtered ? t.alertsThatMatch : t.alertsLabel}
          className="dims"
          aside={rows.length > 0 && <span className="small muted">{formatCount(rows.length, total)}</span>}
        >
          {rows.length === 0 ? (
            <NoAlerts filtered={filtered} onClear={() => void navigate({ search: {} })} />
          ) : (
            <ul>
              {rows.map((alert) => (
                <AlertRow key={alert.alert_id} alert={alert} mayWrite={scopes.includes('write')} />
              ))}
            </ul>
          )}
          {history.hasNextPage && (
            <p className="alerts-more">
              <Button onClick={() => history.fetchNextPage()} disabled={history.isFetchingNextPage}>
                {t.showOlder}
              </Button>
            </p>
          )}
        </Panel>
      )}
    </div>
  )
}

function NoAlerts({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  if (filtered) {
    return (
      <div className="alerts-none">
        <p className="muted">{t.noAlertMatchesThese}</p>
        <Button onClick={onClear}>{t.showAllAlerts}</Button>
      </div>
    )
  }
  return (
    <p className="muted">
      {t.nothingHasHappenedThat(
        <Link to="/settings" hash="channels">
          {t.settings}
        </Link>,
      )}
    </p>
  )
}

type Summary = NonNullable<ReturnType<typeof useAlertSummary>['data']>

function describeSummary({ open, channels, waiting }: Summary): string {
  const count = open.info + open.warning + open.critical
  const broken = channels.broken + channels.failing
  const parts = [count === 0 ? t.noAlertIsOpen : t.alertsOpen(count)]
  const all = channels.ok + broken
  parts.push(all === 0 ? t.noChannelNotifiesAnyone : t.channelCount(all))
  if (broken > 0) parts.push(t.notGettingThrough(broken))
  if (waiting > 0) parts.push(t.messagesWaiting(waiting))
  return `${parts.join(', ')}.`
}

function formatCount(shown: number, total: number): string {
  return total > shown ? t.shownOf(formatExact(shown), formatExact(total)) : formatExact(shown)
}
