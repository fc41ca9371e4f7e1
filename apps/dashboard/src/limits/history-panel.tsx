import { useMemo, useState } from 'react'
import { accountLabel, windowLabel } from '../hub/limit-row.ts'
import { useLimitHistory } from '../hub/limits.ts'
import { toProblem } from '../hub/problem.ts'
import { ChartOrTable } from '../ui/chart-or-table.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { formatExactPercent, formatPercent } from '../ui/number-format.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { seriesColor } from '../ui/series-color.ts'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone, formatMoment } from '../ui/time-format.ts'
import { t } from '../words/limit-history.ts'
import { buildHistoryDrawing, lanesOf, readValuesAt } from './history-drawing.ts'
import { HistoryTable } from './history-table.tsx'
import { type HistoryRange, historyRanges } from './limit-search.ts'
import { WindowCalendar } from './window-calendar.tsx'
import './history-panel.css'

const HistoryChart = lazyPart(() => import('./history-chart.tsx').then(({ HistoryChart }) => ({ default: HistoryChart })))

const rangeNames: Record<HistoryRange, string> = t.ranges
const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]]

interface HistoryPanelProps {
  readonly range: HistoryRange
  /** Undefined for the only one. */
  readonly account: string | undefined
  readonly onRange: (range: HistoryRange) => void
}

/** Each window over time, with its resets. */
export function HistoryPanel({ range, account, onRange }: HistoryPanelProps) {
  const zone = browserTimeZone()
  const query = useLimitHistory(range, account)
  const history = query.data
  const [pointed, setPointed] = useState<number>()
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set())
  const drawing = useMemo(() => (history === undefined ? undefined : buildHistoryDrawing(history)), [history])
  const lanes = useMemo(() => (drawing === undefined ? [] : lanesOf(drawing)), [drawing])
  const problem = query.error === null ? undefined : toProblem(query.error)
  const labels = drawing?.windows.map(({ label }) => label) ?? []
  const lineStyles = labels.map((label, index) => ({ color: seriesColor('limit', label), dash: dashes[index % dashes.length] ?? [] }))
  const at = drawing !== undefined && pointed !== undefined && pointed < drawing.xs.length ? pointed : undefined
  const values = drawing === undefined ? [] : readValuesAt(drawing, at ?? drawing.xs.length - 1)
  const when = drawing === undefined || at === undefined ? undefined : formatMoment((drawing.xs[at] ?? 0) * 1000, zone)
  const pointText =
    when === undefined
      ? t.noPointSelected
      : `${when}: ${labels.map((label, index) => `${windowLabel(label)} ${values[index] === undefined ? t.noData : formatExactPercent((values[index] ?? 0) / 100)}`).join(', ')}`

  // Of 400 days, lines would be a picket fence.
  const isCalendar = range === '400d' && !query.isPlaceholderData

  function toggle(index: number): void {
    const next = new Set(hidden)
    if (!next.delete(index)) next.add(index)
    setHidden(next)
  }

  return (
    <Panel
      title={account === undefined && history?.accountName === undefined ? t.history : t.historyOf(accountLabel(history ?? { account }))}
      className="history"
      aside={
        <Segmented
          label={t.time}
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
        problem === undefined && <Skeleton height={300} label={t.loadingHistory} />
      ) : drawing.xs.length === 0 ? (
        <p className="muted">{t.noDataInLast(rangeNames[range])}</p>
      ) : (
        <ChartOrTable
          chart={() =>
            isCalendar ? (
              <WindowCalendar history={history} zone={zone} />
            ) : (
              lanes.map(({ name, indices, drawing: lane }) => (
                <div className="history-lane" key={name}>
                  {lanes.length > 1 && <p className="small muted">{name}</p>}
                  <HistoryChart
                    drawing={lane}
                    lineStyles={indices.flatMap((index) => lineStyles[index] ?? [])}
                    hidden={new Set(indices.flatMap((index, own) => (hidden.has(index) ? [own] : [])))}
                    label={t.overTime(name)}
                    zone={zone}
                    pointed={at}
                    pointText={pointText}
                    onPoint={setPointed}
                  />
                </div>
              ))
            )
          }
          table={() => <HistoryTable history={history} range={range} zone={zone} />}
          legend={(asTable) =>
            !asTable &&
            !isCalendar && (
              <ul className="history-legend" aria-label={t.lines}>
                {labels.map((label, index) => (
                  <li key={label}>
                    <button type="button" aria-pressed={!hidden.has(index)} onClick={() => toggle(index)}>
                      <svg width="22" height="10" aria-hidden="true">
                        <line
                          x1="0"
                          x2="22"
                          y1="5"
                          y2="5"
                          stroke={lineStyles[index]?.color}
                          strokeWidth="2.5"
                          strokeDasharray={lineStyles[index]?.dash.join(' ') || undefined}
                        />
                      </svg>
                      {windowLabel(label)}
                      <span className="history-value">{values[index] === undefined ? '–' : formatPercent((values[index] ?? 0) / 100)}</span>
                    </button>
                  </li>
                ))}
              </ul>
            )
          }
          note={isCalendar ? t.howFullEachWindow : (when ?? t.trianglesOnAxisAnd)}
        />
      )}
    </Panel>
  )
}
