import { Suspense, useMemo, useState } from 'react'
import { usePins } from '../ask/pins.ts'
import { useHasSessionLimit } from '../hub/accounts.ts'
import { useAlertSummary } from '../hub/alert-summary.ts'
import type { UsageReport } from '../hub/answer.ts'
import { toProblem } from '../hub/problem.ts'
import { useQuestions } from '../hub/questions.ts'
import { useUsageSummary } from '../hub/usage.ts'
import { LimitsCards } from '../limits/limits-cards.tsx'
import { Link } from '../router/link.tsx'
import { useNavigate, useSearch } from '../router/use-router.ts'
import { buildBoardView } from '../sessions/board-view.ts'
import { countFleet } from '../sessions/fleet-counts.ts'
import { FleetPanel } from '../sessions/fleet-panel.tsx'
import { useBoard } from '../sessions/use-board.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { Ago } from '../ui/moment.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone, formatLongDay } from '../ui/time-format.ts'
import { useToday } from '../ui/use-today.ts'
import { t } from '../words/today.ts'
import { AskLine } from './ask-line.tsx'
import { CurrentBlockPanel } from './current-block-panel.tsx'
import { ModelsPanel } from './models-panel.tsx'
import { MonthPanel } from './month-panel.tsx'
import { NoUsage } from './no-usage.tsx'
import { OverviewLinks } from './overview-links.tsx'
import { RangeChart } from './range-chart.tsx'
import { RangeChoice } from './range-choice.tsx'
import { type TodayRange, todayRangeLabels } from './today-range.ts'
import { TodaySentence } from './today-sentence.tsx'
import { useAllMonths, useHours, useMonth, useRangeReport } from './use-reports.ts'
import './today.css'

/** Only a hub with sessions that need attention shows it; a wall display without what can be done. */
const AttentionListWithActions = lazyPart(() =>
  import('../sessions/attention-list-with-actions.tsx').then((file) => ({ default: file.AttentionListWithActions })),
)
const AttentionList = lazyPart(() => import('../sessions/attention-list.tsx').then(({ AttentionList }) => ({ default: AttentionList })))
/** Only a hub with open alerts shows it. */
const OpenAlertsPanel = lazyPart(() =>
  import('../alerts/open-alerts-panel.tsx').then(({ OpenAlertsPanel }) => ({ default: OpenAlertsPanel })),
)
/** Only where a session asks. */
const QuestionsPanel = lazyPart(() => import('../questions/questions-panel.tsx').then((file) => ({ default: file.QuestionsPanel })))
/** Only a browser that has pinned a card. */
const PinnedCards = lazyPart(() => import('../ask/pinned-cards.tsx').then(({ PinnedCards }) => ({ default: PinnedCards })))
/** Only a hub without data shows it. */
const WaitingForData = lazyPart(() =>
  import('../machines/waiting-for-data.tsx').then(({ WaitingForData }) => ({ default: WaitingForData })),
)

/** The panels below the limits, in order. To add one, copy one and add it here. */
const panels = Object.entries({ month: MonthPanel, block: CurrentBlockPanel })

/** The start screen: the day in a sentence, what waits for a person, usage, limits and sessions, live. */
export function Today() {
  const zone = browserTimeZone()
  const today = useToday(zone)
  const { range = 'today', wall } = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const board = useBoard()
  const questions = useQuestions() ?? []
  // Blocks of five hours mean nothing to a plan without such a limit.
  const hasSessionLimit = useHasSessionLimit()
  const summary = useUsageSummary({ timezone: zone })
  const alerts = useAlertSummary().data
  const hasPins = usePins().length > 0 && wall === undefined
  const hours = useHours({ today, zone })
  const month = useMonth({ today, zone })
  const chart = useRangeReport(range, { today, zone })
  // The report of the range before stays on the screen with its range, until the next one is there.
  const [shown, setShown] = useState<{ readonly range: TodayRange; readonly report: UsageReport }>()
  if (chart.data !== undefined && !chart.isPlaceholderData && (shown?.report !== chart.data || shown.range !== range))
    setShown({ range, report: chart.data })
  const isIdleMonth = month.data !== undefined && isUnused(month.data)
  const empty = summary.data !== undefined && summary.data.lastUpdated === null
  const ever = useAllMonths(zone, { enabled: isIdleMonth && !empty })
  const failed = [hours, month, summary, chart].find((query) => query.error !== null)
  const problem = failed === undefined ? undefined : toProblem(failed.error)
  // A hub that never had a session shows nothing about sessions.
  const fleet = board.sessions === undefined || board.empty ? undefined : countFleet(board.sessions)
  const needAttention = useMemo(() => buildBoardView(board.sessions ?? [], board.machines).needAttention, [board.sessions, board.machines])
  const hasAlerts = alerts !== undefined && (alerts.paused !== undefined || Object.values(alerts.open).some((count) => count > 0))
  const lastCall = hours.data?.last_call_at ?? month.data?.last_call_at ?? ever.data?.last_call_at ?? undefined
  const waiting = (
    <div className="today-waiting">
      {questions.length > 0 && (
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
      {needAttention.length > 0 && (
        <Suspense fallback={null}>
          <div className="dims">
            {wall === undefined ? (
              <AttentionListWithActions needAttention={needAttention} board={board} />
            ) : (
              <AttentionList needAttention={needAttention} board={board} />
            )}
          </div>
        </Suspense>
      )}
    </div>
  )
  const sessions = fleet !== undefined && <FleetPanel board={board} />

  return (
    <div className="screen today">
      <ScreenTitle name={t.today} />
      <header className="screen-head">
        <div>
          <p className="overline">{formatLongDay(today)}</p>
          <h1>{t.todaysUpdate}</h1>
        </div>
        {lastCall !== undefined && <p className="small muted">{t.lastCall(<Ago at={lastCall} zone={zone} />)}</p>}
      </header>
      {problem !== undefined && !(problem.offline && hours.data !== undefined) && (
        <ProblemNote {...problem} onRetry={() => Promise.all([hours.refetch(), month.refetch(), summary.refetch(), chart.refetch()])} />
      )}
      {wall === undefined && <AskLine />}
      {hours.data !== undefined && !empty && (
        <div className="dims">
          <TodaySentence report={hours.data} sessions={summary.data?.today.sessions} fleet={fleet} />
        </div>
      )}
      {waiting}
      {hasPins && (
        <Suspense fallback={null}>
          <PinnedCards />
        </Suspense>
      )}
      {empty ? (
        <>
          {fleet !== undefined && <div className="dims">{sessions}</div>}
          <LimitsCards ifAvailable />
          <Suspense fallback={null}>
            <WaitingForData />
          </Suspense>
        </>
      ) : (
        <div className="dims today-board">
          {hours.data === undefined ? (
            problem === undefined && <Skeleton height={320} label={t.loadingToday} />
          ) : (
            <section className="today-hero" aria-label={t.usage}>
              {wall === undefined && (
                <RangeChoice
                  value={range}
                  onChange={(next) => void navigate({ search: { range: next }, replace: true, resetScroll: false })}
                />
              )}
              {shown === undefined ? null : isUnused(shown.report) ? (
                <NoUsage lastCall={lastCall} span={todayRangeLabels[shown.range].long} zone={zone} />
              ) : (
                <RangeChart range={shown.range} report={shown.report} today={today} zone={zone} />
              )}
            </section>
          )}
          {wall === undefined && <OverviewLinks report={hours.data} fleet={fleet} board={board} />}
          <LimitsCards />
          {sessions}
          {!isIdleMonth && (
            <>
              <div className="today-panels">
                {panels.map(([name, TodayPanel]) =>
                  name === 'block' && !hasSessionLimit ? null : <TodayPanel key={name} today={today} zone={zone} />,
                )}
                {shown !== undefined && <ModelsPanel range={shown.range} report={shown.report} />}
              </div>
              <p className="small muted" hidden={hours.data === undefined}>
                {t.listPriceEquivalentYour(<Link to="/usage">{t.usage}</Link>)}
              </p>
            </>
          )}
        </div>
      )}
    </div>
  )
}

function isUnused({ totals }: UsageReport): boolean {
  return totals.calls === 0 && totals.total_tokens === 0
}
