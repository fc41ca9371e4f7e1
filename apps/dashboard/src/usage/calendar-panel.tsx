import { useEffect, useMemo, useRef } from 'react'
import { useUsage } from '../hub/usage.ts'
import { Panel } from '../ui/panel.tsx'
import { Scroller } from '../ui/scroller.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { longDay, shortMonth, weekdayAndDay, weekdayName } from '../ui/time-format.ts'
import { addDays } from './calendar.ts'
import { measureNames } from './chart-panel.tsx'
import { shownValue } from './drawn-series.ts'
import { heatWeeks } from './heat.ts'
import { measured } from './stack.ts'
import type { UsageView } from './use-usage-view.ts'
import './calendar-panel.css'

const WEEKS = 53

/** A year of days, the fuller the deeper; a day that is pressed is looked into. */
export function CalendarPanel({ view }: { readonly view: UsageView }) {
  const { base, today, measure, change } = view
  const { since, until, ...filters } = base
  const report = useUsage({ ...filters, group: 'day', since: addDays(today, -7 * WEEKS) })
  const scroller = useRef<HTMLElement>(null)
  const rows = report.data?.rows
  // A day whose cost is unknown was used all the same: it gets the least there is above nothing.
  const weeks = useMemo(
    () =>
      heatWeeks(new Map(rows?.map((row) => [row.day ?? '', measured(row, measure) ?? row.total_tokens * Number.MIN_VALUE])), today, WEEKS),
    [rows, today, measure],
  )
  const there = rows !== undefined

  // The newest weeks are the ones looked for; on a phone the rest is a swipe away.
  useEffect(() => {
    if (there && scroller.current !== null) scroller.current.scrollLeft = scroller.current.scrollWidth
  }, [there])

  const used = rows?.filter(({ calls }) => calls > 0) ?? []
  return (
    <Panel
      title="The year by day"
      aside={<span className="small quiet">{used.length === 1 ? '1 day used' : `${used.length} days used`}</span>}
    >
      {rows === undefined ? (
        <Skeleton height={160} label="The year is being fetched" />
      ) : (
        <Scroller className="heat" ref={scroller} label="Calendar of the last 53 weeks">
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: by keyboard a day is looked into from the chart */}
          <table
            onClick={(event) => {
              const day = event.target instanceof Element ? event.target.closest<HTMLElement>('td[data-day]')?.dataset.day : undefined
              if (day !== undefined) change({ range: undefined, since: day, until: day, step: undefined })
            }}
          >
            <caption className="unseen">{measureNames[measure]} by day, a row for each day of the week</caption>
            <thead>
              <tr>
                <th scope="col">
                  <span className="unseen">Day of the week</span>
                </th>
                {weeks.map((week, index) => {
                  const month = week[0]?.day.slice(0, 7) ?? ''
                  const before = weeks[index - 1]?.[0]?.day.slice(0, 7)
                  return (
                    <th scope="col" key={week[0]?.day}>
                      <span className="unseen">Week of {week[0] === undefined ? '' : weekdayAndDay(week[0].day)}</span>
                      {before !== undefined && before !== month && (
                        <span className="heat-month" aria-hidden="true">
                          {shortMonth(month)}
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
                    <span className={weekday % 2 === 0 ? 'unseen' : undefined}>{weekdayName(weekday)}</span>
                  </th>
                  {weeks.map((week) => {
                    const day = week[weekday - 1]
                    if (day === undefined) return <td key={week[0]?.day} />
                    const row = used.find((candidate) => candidate.day === day.day)
                    const said = `${longDay(day.day)}: ${row === undefined ? 'nothing' : shownValue(measured(row, measure), measure)}`
                    return (
                      <td key={day.day} data-day={day.day} data-level={day.level} title={said}>
                        <span className="unseen">{row === undefined ? '–' : shownValue(measured(row, measure), measure)}</span>
                      </td>
                    )
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
      <p className="heat-key small quiet" aria-hidden="true">
        less
        {[0, 1, 2, 3, 4].map((level) => (
          <i key={level} data-level={level} />
        ))}
        more
      </p>
    </Panel>
  )
}
