import { useEffect, useMemo, useRef } from 'react'
import { useUsage } from '../hub/usage.ts'
import { Panel } from '../ui/panel.tsx'
import { Scroller } from '../ui/scroller.tsx'
import { formatLongDay, formatShortMonth, formatWeekday, formatWeekdayAndDay } from '../ui/time-format.ts'
import { t } from '../words/usage.ts'
import { addDays } from './calendar.ts'
import { measureNames } from './chart-panel.tsx'
import { formatMeasure } from './chart-series.ts'
import { buildHeatmapWeeks } from './heatmap.ts'
import { PanelLoading } from './panel-loading.tsx'
import { readMeasure } from './stack.ts'
import type { UsageView } from './use-usage-view.ts'
import './calendar-panel.css'

const WEEKS = 53

/** A heatmap of the days of a year. A click on a day shows that day. */
export function CalendarPanel({ view }: { readonly view: UsageView }) {
  const { base, today, measure, change } = view
  const { since, until, ...filters } = base
  const report = useUsage({ ...filters, group: 'day', since: addDays(today, -7 * WEEKS) })
  const scroller = useRef<HTMLElement>(null)
  const rows = report.data?.rows
  // A day with an unknown cost was active: it gets the smallest value above zero.
  const weeks = useMemo(
    () =>
      buildHeatmapWeeks(
        new Map(rows?.map((row) => [row.day ?? '', readMeasure(row, measure) ?? row.total_tokens * Number.MIN_VALUE])),
        today,
        WEEKS,
      ),
    [rows, today, measure],
  )
  const loaded = rows !== undefined

  // Narrow screens start at the newest weeks.
  useEffect(() => {
    if (loaded && scroller.current !== null) scroller.current.scrollLeft = scroller.current.scrollWidth
  }, [loaded])

  const activeDays = rows?.filter(({ calls }) => calls > 0) ?? []
  return (
    <Panel title={t.activity} aside={rows !== undefined && <span className="small muted">{t.activeDays(activeDays.length)}</span>}>
      {rows === undefined ? (
        <PanelLoading report={report} label={t.loadingYear} />
      ) : (
        <Scroller className="heatmap" ref={scroller} label={t.calendarOfLast53}>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the chart opens a day by keyboard */}
          <table
            onClick={(event) => {
              const day = event.target instanceof Element ? event.target.closest<HTMLElement>('td[data-day]')?.dataset.day : undefined
              if (day !== undefined) change({ range: undefined, since: day, until: day, step: undefined })
            }}
          >
            <caption className="visually-hidden">{t.byDayRowFor(measureNames[measure])}</caption>
            <thead>
              <tr>
                <th scope="col">
                  <span className="visually-hidden">{t.dayOfWeek}</span>
                </th>
                {weeks.map((week, index) => {
                  const month = week[0]?.day.slice(0, 7) ?? ''
                  const before = weeks[index - 1]?.[0]?.day.slice(0, 7)
                  return (
                    <th scope="col" key={week[0]?.day}>
                      <span className="visually-hidden">{t.weekOf(week[0] === undefined ? '' : formatWeekdayAndDay(week[0].day))}</span>
                      {before !== undefined && before !== month && (
                        <span className="heatmap-month" aria-hidden="true">
                          {formatShortMonth(month)}
                        </span>
                      )}
                    </th>
                  )
                })}
              </tr>
            </thead>
            <tbody>
              {[1, 2, 3, 4, 5, 6, 7].map((weekday) => (
                <tr key={weekday}>
                  <th scope="row">
                    <span className={weekday % 2 === 0 ? 'visually-hidden' : undefined}>{formatWeekday(weekday)}</span>
                  </th>
                  {weeks.map((week) => {
                    const day = week[weekday - 1]
                    if (day === undefined) return <td key={week[0]?.day} />
                    const row = activeDays.find((candidate) => candidate.day === day.day)
                    const title = `${formatLongDay(day.day)}: ${row === undefined ? t.noUsage : formatMeasure(readMeasure(row, measure), measure)}`
                    return (
                      <td key={day.day} data-day={day.day} data-level={day.level} title={title}>
                        <span className="visually-hidden">
                          {row === undefined ? '–' : formatMeasure(readMeasure(row, measure), measure)}
                        </span>
                      </td>
                    )
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
      <p className="heatmap-key small muted" aria-hidden="true">
        {t.lessMore([0, 1, 2, 3, 4].map((level) => <i key={level} data-level={level} />))}
      </p>
    </Panel>
  )
}
