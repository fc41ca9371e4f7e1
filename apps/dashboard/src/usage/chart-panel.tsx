import { lazy, Suspense, useMemo, useState } from 'react'
import type { UsageReport } from '../hub/answer.ts'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { restColor, seriesColor } from '../ui/series-color.ts'
import { useNow } from '../ui/use-now.ts'
import { bucketsOf } from './bucket.ts'
import { addDays, lastDayOf } from './calendar.ts'
import { ChartLegend } from './chart-legend.tsx'
import { ChartTable } from './chart-table.tsx'
import { groupNames, keyOf } from './group-name.ts'
import { modelColor } from './model-color.ts'
import { stackOf } from './stack.ts'
import type { Measure, Split } from './usage-search.ts'
import type { UsageView } from './use-usage-view.ts'
import './chart-panel.css'

const BarChart = lazy(() => import('./bar-chart.tsx').then(({ BarChart }) => ({ default: BarChart })))

export const measureNames: Record<Measure, string> = { cost: 'Cost', tokens: 'Tokens', calls: 'Calls' }
const splitNames: Record<Split, string> = { model: 'Model', project: 'Project', machine: 'Machine', branch: 'Branch' }
const stepNames = { hour: 'Hour', day: 'Day', week: 'Week', month: 'Month' }

interface ChartPanelProps {
  readonly view: UsageView
  /** By the step of the view. */
  readonly report: UsageReport
}

/** Bars over time, one colour per name, with a legend that reads the bar that is pointed at. */
export function ChartPanel({ view, report }: ChartPanelProps) {
  const { split, measure, zone, change, range } = view
  // While another answer is on its way, the one on screen still has the step it was asked with.
  const step = stepOf(report) ?? view.step
  const now = useNow(60_000)
  const [pointed, setPointed] = useState<number>()
  const [asTable, setAsTable] = useState(false)
  const stack = useMemo(() => {
    const present = report.rows.map((row) => keyOf(row, step))
    return stackOf(report, bucketsOf(present, { step, range, zone, now }), step, split, measure)
  }, [report, step, split, measure, range, zone, now])
  const labels = useMemo(() => groupNames(step, stack.buckets, zone), [step, stack, zone])
  const names = groupNames(
    split,
    stack.series.flatMap(({ key }) => key ?? []),
    zone,
  )
  const series = stack.series.map((one, index) => ({
    ...one,
    name: one.key === undefined ? `${one.names} others` : (names[index] ?? ''),
    color: one.key === undefined ? restColor : split === 'model' ? modelColor(one.key) : seriesColor(split, one.key),
  }))

  function zoom(index: number): void {
    const bucket = stack.buckets[index]
    if (bucket === undefined || step === 'hour') return
    const last = step === 'day' ? bucket : step === 'week' ? addDays(bucket, 6) : lastDayOf(bucket)
    change({ range: undefined, since: step === 'month' ? `${bucket}-01` : bucket, until: last, step: undefined })
  }

  return (
    <Panel
      title={`${measureNames[measure]}${measure === 'cost' ? ' at list price' : ''} by ${step}`}
      className="chart-panel"
      aside={
        <div className="panel-tools">
          <Segmented
            label="Show"
            value={measure}
            options={(['cost', 'tokens', 'calls'] as const).map((value) => ({ value, label: measureNames[value] }))}
            onChange={(next) => change({ measure: next === 'cost' ? undefined : next })}
          />
          <Segmented
            label="One bar is"
            value={view.step}
            options={view.steps.map((value) => ({ value, label: stepNames[value] }))}
            onChange={(next) => change({ step: next })}
          />
          <Segmented
            label="Colours are"
            value={split}
            options={(['model', 'project', 'machine', 'branch'] as const).map((value) => ({ value, label: splitNames[value] }))}
            onChange={(next) => change({ split: next === 'model' ? undefined : next })}
          />
        </div>
      }
    >
      {asTable ? (
        <ChartTable stack={stack} series={series} labels={labels} measure={measure} step={step} />
      ) : (
        <Suspense fallback={<div className="chart-space" />}>
          <BarChart
            stack={stack}
            series={series}
            labels={labels}
            step={step}
            measure={measure}
            zone={zone}
            pointed={pointed}
            onPoint={setPointed}
            onZoom={step === 'hour' ? undefined : zoom}
          />
        </Suspense>
      )}
      <ChartLegend stack={stack} series={series} labels={labels} measure={measure} pointed={asTable ? undefined : pointed} />
      <div className="chart-foot">
        <p className="small quiet">
          <span className="for-pointer">
            {step === 'hour' ? 'Point at a bar to read it.' : `Point at a bar to read it; press it, or Enter, to look into that ${step}.`}
          </span>
          <span className="for-finger">
            {step === 'hour' ? 'Tap a bar to read it.' : `Tap a bar to read it, twice to look into that ${step}.`}
          </span>
        </p>
        <Button look="bare" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Show as chart' : 'Show as table'}
        </Button>
      </div>
    </Panel>
  )
}

function stepOf(report: UsageReport) {
  return report.group === 'hour' || report.group === 'day' || report.group === 'week' || report.group === 'month' ? report.group : undefined
}
