import { useMemo, useState } from 'react'
import { useHasPeople } from '../hub/accounts.ts'
import type { UsageReport } from '../hub/answer.ts'
import { ChartOrTable } from '../ui/chart-or-table.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { Panel } from '../ui/panel.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { otherColor, seriesColor } from '../ui/series-color.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/usage.ts'
import { buildBuckets } from './bucket.ts'
import { addDays, lastDayOfMonth } from './calendar.ts'
import { ChartLegend } from './chart-legend.tsx'
import { ChartTable } from './chart-table.tsx'
import { formatGroupNames, readGroupValue } from './group-name.ts'
import { modelColor } from './model-color.ts'
import { buildStack } from './stack.ts'
import type { Measure, Split } from './usage-search.ts'
import type { UsageView } from './use-usage-view.ts'
import './chart-panel.css'

const BarChart = lazyPart(() => import('./bar-chart.tsx').then(({ BarChart }) => ({ default: BarChart })))

export const measureNames: Record<Measure, string> = { cost: t.cost, tokens: t.tokens, calls: t.calls }
const splitNames: Record<Split, string> = {
  model: t.model,
  project: t.project,
  machine: t.machine,
  person: t.person,
  branch: t.branch,
  agent: t.agent,
}
const stepNames = { hour: t.hour, day: t.day, week: t.week, month: t.month }

interface ChartPanelProps {
  readonly view: UsageView
  /** Grouped by the step of the view. */
  readonly report: UsageReport
}

/** Stacked bars over time, with a legend for the selected bar. */
export function ChartPanel({ view, report }: ChartPanelProps) {
  const { split, measure, zone, change, range } = view
  // While the next report loads, the one on screen keeps its own step.
  const step = toStep(report) ?? view.step
  const withEstimates = view.search.with_estimates === true
  const now = useNow(60_000)
  const hasPeople = useHasPeople()
  const [pointed, setPointed] = useState<number>()
  const stack = useMemo(() => {
    const present = report.rows.map((row) => readGroupValue(row, step))
    return buildStack(report, buildBuckets(present, { step, range, zone, now }), step, split, measure)
  }, [report, step, split, measure, range, zone, now])
  const labels = useMemo(() => formatGroupNames(step, stack.buckets, zone), [step, stack, zone])
  const names = formatGroupNames(
    split,
    stack.series.flatMap(({ key }) => key ?? []),
    zone,
  )
  const series = stack.series.map((one, index) => ({
    ...one,
    name: one.key === undefined ? t.others(one.names) : (names[index] ?? ''),
    color: one.key === undefined ? otherColor : split === 'model' ? modelColor(one.key) : seriesColor(split, one.key),
  }))

  function zoom(index: number): void {
    const bucket = stack.buckets[index]
    if (bucket === undefined || step === 'hour') return
    const last = step === 'day' ? bucket : step === 'week' ? addDays(bucket, 6) : lastDayOfMonth(bucket)
    change({ range: undefined, since: step === 'month' ? `${bucket}-01` : bucket, until: last, step: undefined })
  }

  return (
    <Panel
      title={t.measureBy(measureNames[measure], measure === 'cost' ? t.atListPrice : '', t.groupNames[step])}
      className="chart-panel"
      aside={
        <div className="panel-tools">
          <Segmented
            label={t.show}
            value={measure}
            options={(['cost', 'tokens', 'calls'] as const).map((value) => ({ value, label: measureNames[value] }))}
            onChange={(next) => change({ measure: next === 'cost' ? undefined : next })}
          />
          <Segmented
            label={t.groupBy}
            value={view.step}
            options={view.steps.map((value) => ({ value, label: stepNames[value] }))}
            onChange={(next) => change({ step: next })}
          />
          <Segmented
            label={t.splitBy}
            value={split}
            options={(['model', 'project', 'machine', 'person', 'branch'] as const)
              .filter((value) => value !== 'person' || hasPeople || split === 'person')
              .map((value) => ({ value, label: splitNames[value] }))}
            onChange={(next) => change({ split: next === 'model' ? undefined : next })}
          />
        </div>
      }
    >
      <ChartOrTable
        chart={() => (
          <BarChart
            stack={stack}
            series={series}
            labels={labels}
            step={step}
            measure={measure}
            zone={zone}
            withEstimates={withEstimates}
            pointed={pointed}
            onPoint={setPointed}
            onZoom={step === 'hour' ? undefined : zoom}
          />
        )}
        table={() => (
          <ChartTable stack={stack} series={series} labels={labels} measure={measure} step={step} withEstimates={withEstimates} />
        )}
        legend={(asTable) => (
          <ChartLegend
            stack={stack}
            series={series}
            labels={labels}
            measure={measure}
            withEstimates={withEstimates}
            pointed={asTable ? undefined : pointed}
          />
        )}
        note={
          <>
            <span className="for-pointer">{step === 'hour' ? t.hoverBarForIts : t.hoverBarForItsValues(t.groupNames[step])}</span>
            <span className="for-touch">{step === 'hour' ? t.tapBarForIts : t.tapBarForItsValues(t.groupNames[step])}</span>
          </>
        }
      />
    </Panel>
  )
}

function toStep(report: UsageReport) {
  return report.group === 'hour' || report.group === 'day' || report.group === 'week' || report.group === 'month' ? report.group : undefined
}
