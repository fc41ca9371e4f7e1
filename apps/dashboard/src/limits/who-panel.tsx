import { useState } from 'react'
import type { UsageReport } from '../hub/answer.ts'
import { useHubNow } from '../hub/hub-clock.ts'
import { rowsOf, WINDOW_LENGTH_MS, type WindowRow, windowLabel } from '../hub/limit-row.ts'
import { useLimitHistory, useLimits } from '../hub/limits.ts'
import { useSessionNames } from '../hub/session-names.ts'
import { useUsage } from '../hub/usage.ts'
import { Link } from '../router/link.tsx'
import { Money } from '../ui/amount.tsx'
import { formatPercent } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { ShareBar } from '../ui/share-bar.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { formatGroupNames, readGroupValue } from '../usage/group-name.ts'
import { t } from '../words/limit-history.ts'
import { costBetween, dayStretches, sessionStretches } from './past-stretches.ts'
import { estimateShare, type WindowShare } from './window-share.ts'
import './who-panel.css'

const HOUR_MS = 3_600_000
const PAST_MS = 7 * 24 * HOUR_MS
const MAX_NAMES = 5

interface WhoPanelProps {
  readonly account: string | undefined
  /** Whose calls count, where several plans are in use. */
  readonly person: string | undefined
}

/** Whose calls used the running windows, and which part of them is from elsewhere. */
export function WhoPanel({ account, person }: WhoPanelProps) {
  const { current } = useLimits(account)
  const now = useHubNow(60_000)
  const [chosen, setChosen] = useState<string>()
  // Windows of single models count calls of these models only; which they are, no source says.
  const rows =
    current === undefined
      ? []
      : rowsOf(current, now).filter(({ kind, state, resetsAt }) => kind !== 'weekly_scoped' && state === 'known' && resetsAt !== undefined)
  const row = rows.find(({ key }) => key === chosen) ?? rows[0]
  if (row === undefined) return null
  return (
    <Panel
      title={t.whoUsedIt}
      className="who"
      aside={
        rows.length > 1 && (
          <Segmented
            label={t.window}
            value={row.key}
            options={rows.map(({ key, label }) => ({ value: key, label: windowLabel(label) }))}
            onChange={setChosen}
          />
        )
      }
    >
      <WindowUsers key={row.key} row={row} account={account} person={person} now={now} />
      {person !== undefined && <p className="small muted who-note">{t.onlyMachinesOfAccount(person)}</p>}
    </Panel>
  )
}

interface WindowUsersProps extends WhoPanelProps {
  readonly row: WindowRow
  readonly now: number
}

function WindowUsers({ row, account, person, now }: WindowUsersProps) {
  const zone = browserTimeZone()
  const start = (row.resetsAt ?? now) - WINDOW_LENGTH_MS[row.kind]
  const range = { since: new Date(start).toISOString(), timezone: zone, ...(person === undefined ? {} : { person }) }
  const sessions = useUsage({ ...range, group: 'session' })
  const projects = useUsage({ ...range, group: 'project' })
  const machines = useUsage({ ...range, group: 'machine' })
  const share = useWindowShare(row, { account, person }, start, now)
  if (sessions.data === undefined || projects.data === undefined || machines.data === undefined) {
    return <p className="muted">{t.loadingWhoUsedIt}</p>
  }
  const { totals } = projects.data
  return (
    <>
      <ShareText row={row} share={share} costUsd={totals.cost_usd} />
      {totals.calls === 0 ? (
        <p className="muted">{t.noCallOfThis}</p>
      ) : (
        <div className="who-lists">
          <UserList title={t.sessions} group="session" report={sessions.data} zone={zone} />
          <UserList title={t.projects} group="project" report={projects.data} zone={zone} />
          <UserList title={t.machines} group="machine" report={machines.data} zone={zone} />
        </div>
      )}
    </>
  )
}

/** From the windows of the last week, or its days. */
function useWindowShare(row: WindowRow, { account, person }: WhoPanelProps, start: number, now: number): WindowShare | undefined {
  const history = useLimitHistory('7d', account)
  const since = new Date(Math.floor((Math.min(start, now - PAST_MS) - 1) / HOUR_MS) * HOUR_MS).toISOString()
  const hours = useUsage({ since, group: 'hour', timezone: browserTimeZone(), ...(person === undefined ? {} : { person }) })
  const series = history.data?.series.find(({ kind }) => kind === row.kind)
  if (series === undefined || hours.data === undefined) return undefined
  const stretches = row.kind === 'session' ? sessionStretches : dayStretches
  return estimateShare({ percent: row.percent, costUsd: costBetween(hours.data.rows, start, now) }, stretches(series, hours.data.rows, now))
}

interface ShareTextProps {
  readonly row: WindowRow
  readonly share: WindowShare | undefined
  readonly costUsd: number | null
}

function ShareText({ row, share, costUsd }: ShareTextProps) {
  const percent = (value: number) => formatPercent(Math.round(value) / 100)
  const cost = <>{t.atListPrice(<Money value={costUsd} calls={1} />)}</>
  if (share === undefined) {
    return (
      <p className="who-share">
        {t.usedCallsThatHub(<b>{percent(row.percent)}</b>, cost, <span className="muted">{t.whichPartIsFrom}</span>)}
      </p>
    )
  }
  return (
    <>
      <p className="who-share">
        {t.usedAboutFromHere(<b>{percent(row.percent)}</b>, <b>{percent(share.fromHere)}</b>, cost, <b>{percent(share.elsewhere)}</b>)}
      </p>
      <div className="who-bar" aria-hidden="true">
        <i style={{ width: `${Math.min(100, share.fromHere)}%` }} />
        <i data-elsewhere style={{ width: `${Math.min(100 - Math.min(100, share.fromHere), share.elsewhere)}%` }} />
      </div>
      <p className="small muted">{t.estimatedFromHowMuch}</p>
    </>
  )
}

interface UserListProps {
  readonly title: string
  readonly group: 'session' | 'project' | 'machine'
  readonly report: UsageReport
  readonly zone: string
}

/** The most expensive of them, with their share of what is from here. */
function UserList({ title, group, report, zone }: UserListProps) {
  const rows = [...report.rows].sort((a, b) => (b.cost_usd ?? 0) - (a.cost_usd ?? 0))
  const shown = rows.slice(0, MAX_NAMES)
  const names = formatGroupNames(
    group,
    shown.map((row) => readGroupValue(row, group)),
    zone,
  )
  const sessionNames = useSessionNames(group === 'session')
  const total = report.totals.cost_usd ?? 0
  return (
    <section aria-label={title}>
      <h3 className="small muted">{title}</h3>
      <ul>
        {shown.map((row, index) => {
          const value = readGroupValue(row, group)
          const share = total === 0 ? 0 : (row.cost_usd ?? 0) / total
          return (
            <li key={value}>
              <span className="who-name" title={value}>
                {group === 'session' && value !== '' ? (
                  <Link to="/sessions/$id" params={{ id: value }}>
                    {sessionNames.get(value) ?? names[index]}
                  </Link>
                ) : (
                  names[index]
                )}
                {group === 'session' && row.project !== undefined && row.project !== '' && (
                  <span className="muted"> {formatGroupNames('project', [row.project], zone)[0]}</span>
                )}
              </span>
              <data value={share}>{formatPercent(share)}</data>
              <ShareBar share={share} />
            </li>
          )
        })}
      </ul>
      {rows.length > MAX_NAMES && <p className="small muted">{t.andMore(rows.length - MAX_NAMES)}</p>}
    </section>
  )
}
