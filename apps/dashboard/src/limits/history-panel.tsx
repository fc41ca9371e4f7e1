import { lazy, Suspense, useMemo, useState } from 'react'
import { useLimitHistory } from '../hub/limits.ts'
import { problemOf } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { percent } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { seriesColor } from '../ui/series-color.ts'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserZone, moment } from '../ui/time-format.ts'
import { drawingOf, valuesAt } from './history-drawing.ts'
import { HistoryTable } from './history-table.tsx'
import { type HistoryRange, historyRanges } from './limit-search.ts'
import './history-panel.css'

const HistoryChart = lazy(() => import('./history-chart.tsx').then(({ HistoryChart }) => ({ default: HistoryChart })))

const rangeNames: Record<HistoryRange, string> = { '5h': '5 hours', '7d': '7 days', '30d': '30 days', '400d': '400 days' }
const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]]

interface HistoryPanelProps {
  readonly range: HistoryRange
  readonly onRange: (range: HistoryRange) => void
}

/** Every window over time, with its resets. */
export function HistoryPanel({ range, onRange }: HistoryPanelProps) {
  const zone = browserZone()
  const query = useLimitHistory(range)
  const history = query.data
  const [pointed, setPointed] = useState<number>()
  const [asTable, setAsTable] = useState(false)
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set())
  const drawing = useMemo(() => (history === undefined ? undefined : drawingOf(history)), [history])
  const problem = query.error === null ? undefined : problemOf(query.error)
  const labels = drawing?.windows.map(({ label }) => label) ?? []
  const looks = labels.map((label, index) => ({ color: seriesColor('limit', label), dash: dashes[index % dashes.length] ?? [] }))
  const at = drawing !== undefined && pointed !== undefined && pointed < drawing.xs.length ? pointed : undefined
  const values = drawing === undefined ? [] : valuesAt(drawing, at ?? drawing.xs.length - 1)
  const when = drawing === undefined || at === undefined ? undefined : moment((drawing.xs[at] ?? 0) * 1000, zone)
  const said =
    when === undefined
      ? 'No reading is chosen'
      : `${when}: ${labels.map((label, index) => `${label} ${values[index] === undefined ? 'not read' : `${values[index]} %`}`).join(', ')}`

  function toggle(index: number): void {
    const next = new Set(hidden)
    if (!next.delete(index)) next.add(index)
    setHidden(next)
  }

  return (
    <Panel
      title="History"
      className="history"
      aside={
        <Segmented
          label="Time"
          value={range}
          options={historyRanges.map((value) => ({ value, label: rangeNames[value] }))}
          onChange={onRange}
        />
      }
    >
      {problem !== undefined && !(problem.offline && history !== undefined) && (
        <ProblemNote {...problem} onRetry={() => void query.refetch()} />
      )}
      {history === undefined || drawing === undefined ? (
        problem === undefined && <Skeleton height={300} label="The history is being fetched" />
      ) : drawing.xs.length === 0 ? (
        <p className="quiet">Nothing was read in the last {rangeNames[range]}.</p>
      ) : (
        <>
          {asTable ? (
            <HistoryTable history={history} range={range} zone={zone} />
          ) : (
            <Suspense fallback={<div className="history-chart" />}>
              <HistoryChart drawing={drawing} looks={looks} hidden={hidden} zone={zone} pointed={at} said={said} onPoint={setPointed} />
            </Suspense>
          )}
          {!asTable && (
            <ul className="history-legend" aria-label="Lines">
              {labels.map((label, index) => (
                <li key={label}>
                  <button type="button" aria-pressed={!hidden.has(index)} onClick={() => toggle(index)}>
                    <svg width="22" height="10" aria-hidden="true">
                      <line
                        x1="0"
                        x2="22"
                        y1="5"
                        y2="5"
                        stroke={looks[index]?.color}
                        strokeWidth="2.5"
                        strokeDasharray={looks[index]?.dash.join(' ') || undefined}
                      />
                    </svg>
                    {label}
                    <span className="history-value">{values[index] === undefined ? '–' : percent((values[index] ?? 0) / 100)}</span>
                  </button>
                </li>
              ))}
            </ul>
          )}
          <div className="history-foot">
            <p className="small quiet">{when ?? 'Marks at the foot and breaks of a line are resets.'}</p>
            <Button look="bare" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              {asTable ? 'Show as chart' : 'Show as table'}
            </Button>
          </div>
        </>
      )}
    </Panel>
  )
}
