import { Link } from '@tanstack/react-router'
import { problemOf } from '../hub/problem.ts'
import { useUsage, useUsageSummary } from '../hub/usage.ts'
import { LimitsCard, LimitsCardOnceRead } from '../limits/limits-card.tsx'
import { fleetFacts } from '../sessions/fleet-facts.ts'
import { FleetPanel } from '../sessions/fleet-panel.tsx'
import { useBoard } from '../sessions/use-board.ts'
import { Ago } from '../ui/moment.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserZone, longDay } from '../ui/time-format.ts'
import { useToday } from '../ui/use-today.ts'
import { WaitingForData } from '../ui/waiting-for-data.tsx'
import { DayLine } from './day-line.tsx'
import { ModelsPanel } from './models-panel.tsx'
import { MonthPanel } from './month-panel.tsx'
import { TodaySentence } from './today-sentence.tsx'
import { WindowPanel } from './window-panel.tsx'
import './today.css'

/** The landing: what today came to, as it happens. */
export function Today() {
  const zone = browserZone()
  const today = useToday(zone)
  const board = useBoard()
  const summary = useUsageSummary({ timezone: zone })
  const hours = useUsage({ group: 'hour', since: today, timezone: zone })
  const days = useUsage({ group: 'day', since: `${today.slice(0, 7)}-01`, timezone: zone })
  const failed = [hours, days, summary].find((query) => query.error !== null)
  const problem = failed === undefined ? undefined : problemOf(failed.error)
  // A hub that was never told of a session says nothing of sessions.
  const fleet = board.sessions === undefined || board.empty ? undefined : fleetFacts(board.sessions)
  const empty = summary.data !== undefined && summary.data.lastUpdated === null
  // Older calls are kept for ever; a hub that has some is not waiting, it is quiet.
  const lastCall = hours.data?.last_call_at ?? days.data?.last_call_at ?? undefined

  return (
    <div className="screen today">
      <title>Today · Signalbox</title>
      <header className="screen-head">
        <div>
          <p className="plate">{longDay(today)}</p>
          <h1>Today’s update</h1>
        </div>
        {lastCall !== undefined && (
          <p className="small quiet">
            Last call <Ago at={lastCall} zone={zone} />
          </p>
        )}
      </header>
      {problem !== undefined && !(problem.offline && hours.data !== undefined) && (
        <ProblemNote {...problem} onRetry={() => Promise.all([hours.refetch(), days.refetch(), summary.refetch()])} />
      )}
      {empty ? (
        <>
          {fleet !== undefined && (
            <div className="dims">
              <FleetPanel board={board} />
            </div>
          )}
          <LimitsCardOnceRead />
          <WaitingForData />
        </>
      ) : (
        <div className="dims today-board">
          {hours.data === undefined ? (
            problem === undefined && <Skeleton height={420} label="Today is being fetched" />
          ) : (
            <section className="today-hero" aria-label="Today">
              <TodaySentence report={hours.data} sessions={summary.data?.today.sessions} fleet={fleet} zone={zone} />
              <DayLine report={hours.data} today={today} zone={zone} />
            </section>
          )}
          <LimitsCard />
          {fleet !== undefined && <FleetPanel board={board} />}
          <div className="today-panels">
            {days.data === undefined ? (
              problem === undefined && <Skeleton height={260} label="The month is being fetched" />
            ) : (
              <>
                <MonthPanel report={days.data} today={today} />
                <WindowPanel zone={zone} today={today} />
                <ModelsPanel report={days.data} />
              </>
            )}
          </div>
          <p className="small quiet" hidden={hours.data === undefined}>
            Money is what the calls would cost at list price; a plan costs what it costs. More in <Link to="/usage">Usage</Link>.
          </p>
        </div>
      )}
    </div>
  )
}
