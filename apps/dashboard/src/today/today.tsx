import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useHasSessionLimit } from '../hub/accounts.ts'
import { useAlertSummary } from '../hub/alert-summary.ts'
import { useMayAnswer } from '../hub/may-answer.ts'
import { toProblem } from '../hub/problem.ts'
import { useUsageSummary } from '../hub/usage.ts'
import { LimitsCards } from '../limits/limits-cards.tsx'
import { countFleet } from '../sessions/fleet-counts.ts'
import { useBoard } from '../sessions/use-board.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { Ago } from '../ui/moment.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone, formatLongDay } from '../ui/time-format.ts'
import { useToday } from '../ui/use-today.ts'
import { CurrentBlockPanel } from './current-block-panel.tsx'
import { DayChart } from './day-chart.tsx'
import { ModelsPanel } from './models-panel.tsx'
import { MonthPanel } from './month-panel.tsx'
import { TodaySentence } from './today-sentence.tsx'
import { useHours, useMonth } from './use-reports.ts'
import './today.css'

/** Only a hub with sessions shows it. */
const FleetPanel = lazy(() => import('../sessions/fleet-panel.tsx').then(({ FleetPanel }) => ({ default: FleetPanel })))
/** Only a hub with open alerts shows it. */
const OpenAlertsPanel = lazy(() => import('../alerts/open-alerts-panel.tsx').then(({ OpenAlertsPanel }) => ({ default: OpenAlertsPanel })))
/** Only those who may answer see it. */
const QuestionsPanel = lazy(() => import('../questions/questions-panel.tsx').then((file) => ({ default: file.QuestionsPanel })))
/** Only a hub without data shows it. */
const WaitingForData = lazy(() => import('../machines/waiting-for-data.tsx').then(({ WaitingForData }) => ({ default: WaitingForData })))

/** The panels below the limits, in order. To add one, copy one and add it here. */
const panels = Object.entries({ month: MonthPanel, block: CurrentBlockPanel, models: ModelsPanel })

/** The start screen: today's usage, limits and sessions, live. */
export function Today() {
  const zone = browserTimeZone()
  const today = useToday(zone)
  const board = useBoard()
  const mayAnswer = useMayAnswer()
  // Blocks of five hours mean nothing to a plan without such a limit.
  const hasSessionLimit = useHasSessionLimit()
  const summary = useUsageSummary({ timezone: zone })
  const alerts = useAlertSummary().data
  const hours = useHours({ today, zone })
  const month = useMonth({ today, zone })
  const failed = [hours, month, summary].find((query) => query.error !== null)
  const problem = failed === undefined ? undefined : toProblem(failed.error)
  // A hub that never had a session shows nothing about sessions.
  const fleet = board.sessions === undefined || board.empty ? undefined : countFleet(board.sessions)
  const hasAlerts = alerts !== undefined && (alerts.paused !== undefined || Object.values(alerts.open).some((count) => count > 0))
  const empty = summary.data !== undefined && summary.data.lastUpdated === null
  // The time of the last call, older than this month too: such a hub is idle, not waiting for its first data.
  const lastCall = hours.data?.last_call_at ?? month.data?.last_call_at ?? undefined

  return (
    <div className="screen today">
      <ScreenTitle name="Today" />
      <header className="screen-head">
        <div>
          <p className="overline">{formatLongDay(today)}</p>
          <h1>Today</h1>
        </div>
        {lastCall !== undefined && (
          <p className="small muted">
            Last call <Ago at={lastCall} zone={zone} />
          </p>
        )}
      </header>
      {problem !== undefined && !(problem.offline && hours.data !== undefined) && (
        <ProblemNote {...problem} onRetry={() => Promise.all([hours.refetch(), month.refetch(), summary.refetch()])} />
      )}
      {mayAnswer && (
        <Suspense fallback={null}>
          <QuestionsPanel />
        </Suspense>
      )}
      {hasAlerts && (
        <Suspense fallback={null}>
          <div className="dims">
            <OpenAlertsPanel summary={alerts} />
          </div>
        </Suspense>
      )}
      {empty ? (
        <>
          {fleet !== undefined && (
            <div className="dims">
              <Suspense fallback={null}>
                <FleetPanel board={board} />
              </Suspense>
            </div>
          )}
          <LimitsCards ifAvailable />
          <Suspense fallback={null}>
            <WaitingForData />
          </Suspense>
        </>
      ) : (
        <div className="dims today-board">
          {hours.data === undefined ? (
            problem === undefined && <Skeleton height={420} label="Loading today" />
          ) : (
            <section className="today-hero" aria-label="Today">
              <TodaySentence report={hours.data} sessions={summary.data?.today.sessions} fleet={fleet} zone={zone} />
              <DayChart report={hours.data} today={today} zone={zone} />
            </section>
          )}
          <LimitsCards />
          {fleet !== undefined && (
            <Suspense fallback={null}>
              <FleetPanel board={board} />
            </Suspense>
          )}
          <div className="today-panels">
            {panels.map(([name, TodayPanel]) =>
              name === 'block' && !hasSessionLimit ? null : <TodayPanel key={name} today={today} zone={zone} />,
            )}
          </div>
          <p className="small muted" hidden={hours.data === undefined}>
            List-price equivalent. Your plan’s price is different. Details in <Link to="/usage">Usage</Link>.
          </p>
        </div>
      )}
    </div>
  )
}
