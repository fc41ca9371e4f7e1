import { toProblem } from '../hub/problem.ts'
import { useUsageSummary } from '../hub/usage.ts'
import { countFleet } from '../sessions/fleet-counts.ts'
import { useBoard } from '../sessions/use-board.ts'
import { RangeChart } from '../today/range-chart.tsx'
import { TodaySentence } from '../today/today-sentence.tsx'
import { useHours } from '../today/use-reports.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { useToday } from '../ui/use-today.ts'
import { t } from '../words/wall.ts'
import '../today/today.css'

/** The day in a sentence, with its chart. */
export function TodayCard() {
  const zone = browserTimeZone()
  const today = useToday(zone)
  const hours = useHours({ today, zone })
  const board = useBoard()
  const summary = useUsageSummary({ timezone: zone })
  const fleet = board.sessions === undefined || board.empty ? undefined : countFleet(board.sessions)
  if (hours.data === undefined)
    return hours.error === null ? (
      <Skeleton height={320} label={t.loadingToday} />
    ) : (
      <ProblemNote {...toProblem(hours.error)} onRetry={() => hours.refetch()} />
    )
  return (
    <Panel title={t.today}>
      <TodaySentence report={hours.data} sessions={summary.data?.today.sessions} fleet={fleet} />
      <RangeChart range="today" report={hours.data} today={today} zone={zone} />
    </Panel>
  )
}
