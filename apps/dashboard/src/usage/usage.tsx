import { Suspense } from 'react'
import { toProblem } from '../hub/problem.ts'
import { useUsage, useUsageSummary } from '../hub/usage.ts'
import { WaitingForData } from '../machines/waiting-for-data.tsx'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { t } from '../words/usage.ts'
import { BlocksPanel } from './blocks-panel.tsx'
import { CalendarPanel } from './calendar-panel.tsx'
import { ChartPanel } from './chart-panel.tsx'
import { ExportMenu } from './export-menu.tsx'
import { FilterBar } from './filter-bar.tsx'
import { LateCollectorsNote } from './late-collectors-note.tsx'
import { periodBefore } from './period-before.ts'
import { RangeLabel } from './range-label.tsx'
import { TablePanel } from './table-panel.tsx'
import { UnusualDaysPanel } from './unusual-days-panel.tsx'
import { UsageTotals } from './usage-totals.tsx'
import { useTable } from './use-table.ts'
import { useUsageView } from './use-usage-view.ts'
import './usage.css'

const SavedViews = lazyPart(() => import('../views/saved-views.tsx').then((file) => ({ default: file.SavedViews<'usage'> })))

/** Usage over any period, grouped and filtered. */
export function Usage() {
  const view = useUsageView()
  const { base, step, split } = view
  const report = useUsage({ ...base, group: step, ...(split === 'model' ? {} : { split }) })
  const table = useTable(view)
  const before = periodBefore(view.range, view.today)
  const reportBefore = useUsage({ ...base, ...before?.range, group: 'month' }, { enabled: before !== undefined })
  const totalsBefore =
    before === undefined || reportBefore.data === undefined || reportBefore.isPlaceholderData
      ? undefined
      : { totals: reportBefore.data.totals, days: before.days }
  const summary = useUsageSummary({ timezone: view.zone })
  const failed = [report, table].find(({ error }) => error !== null)
  const problem = failed === undefined || failed.error === null ? undefined : toProblem(failed.error)
  const empty = summary.data !== undefined && summary.data.lastUpdated === null

  return (
    <div className="screen usage">
      <ScreenTitle name={t.usage} />
      <header className="screen-head">
        <div>
          <p className="overline">
            <RangeLabel view={view} report={report.data} />
          </p>
          <h1>{t.usage}</h1>
        </div>
        {!empty && <ExportMenu view={view} table={table} />}
      </header>
      {empty ? (
        <WaitingForData />
      ) : (
        <>
          <Suspense fallback={null}>
            <SavedViews screen="usage" search={view.search} />
          </Suspense>
          <FilterBar
            view={view}
            hasNotItemised={report.data?.totals.models.some((model) => model.not_itemised) ?? false}
            hasEstimates={report.data?.totals.estimated_output !== undefined}
          />
          {problem !== undefined && !(problem.offline && report.data !== undefined) && (
            <ProblemNote {...problem} onRetry={() => Promise.all([report.refetch(), table.refetch()])} />
          )}
          <LateCollectorsNote view={view} />
          <div className="dims usage-board" data-renewing={report.isPlaceholderData || undefined}>
            {report.data === undefined ? (
              problem === undefined && <Skeleton height={520} label={t.loadingUsage} />
            ) : (
              <>
                <UsageTotals
                  totals={report.data.totals}
                  unpriced={report.data.unpriced}
                  withEstimates={view.search.with_estimates === true}
                  before={totalsBefore}
                />
                <ChartPanel view={view} report={report.data} />
                <UnusualDaysPanel view={view} />
              </>
            )}
            <CalendarPanel view={view} />
            <BlocksPanel view={view} />
            <TablePanel view={view} table={table} />
          </div>
        </>
      )}
    </div>
  )
}
