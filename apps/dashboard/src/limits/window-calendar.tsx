import { useEffect, useMemo, useRef } from 'react'
import type { LimitHistory } from '../hub/answer.ts'
import { windowLabel } from '../hub/limit-row.ts'
import { formatPercent } from '../ui/number-format.ts'
import { Scroller } from '../ui/scroller.tsx'
import { formatLongDay, formatShortMonth, formatWeekday, formatWeekdayAndDay } from '../ui/time-format.ts'
import { addDays } from '../usage/calendar.ts'
import { t } from '../words/limit-history.ts'
import { type CalendarWeeks, levelOfHeight, toCalendarWeeks, type WindowHeight } from './window-days.ts'
import './window-calendar.css'

/** How full each window of more than a year was: a cell for each day, and a bar for each week. */
export function WindowCalendar({ history, zone }: { readonly history: LimitHistory; readonly zone: string }) {
  const scroller = useRef<HTMLElement>(null)
  const { hasSessions, weekly, weeks } = useMemo(() => toCalendarWeeks(history, zone), [history, zone])
  // Narrow screens start at the newest weeks.
  useEffect(() => {
    if (scroller.current !== null) scroller.current.scrollLeft = scroller.current.scrollWidth
  }, [])
  return (
    <>
      <Scroller className="window-calendar" ref={scroller} label={t.calendarOfWindowsOf}>
        <table>
          <caption className="visually-hidden">{t.howFullWindowsWere}</caption>
          <MonthHead weeks={weeks} />
          {hasSessions && (
            <tbody>
              <tr>
                <th scope="rowgroup" colSpan={weeks.length + 1}>
                  {t.fiveHourLimit}
                </th>
              </tr>
              {[1, 2, 3, 4, 5, 6, 7].map((weekday) => (
                <tr key={weekday}>
                  <th scope="row">
                    <span className={weekday % 2 === 0 ? 'visually-hidden' : undefined}>{formatWeekday(weekday)}</span>
                  </th>
                  {weeks.map(({ start, days }) => (
                    <DayCell key={start} day={addDays(start, weekday - 1)} height={days[weekday - 1]} />
                  ))}
                </tr>
              ))}
            </tbody>
          )}
          {weekly.map((label, index) => (
            <tbody key={label}>
              <tr>
                <th scope="rowgroup" colSpan={weeks.length + 1}>
                  {windowLabel(label)}
                </th>
              </tr>
              <tr className="window-bars">
                <th scope="row">100%</th>
                {weeks.map(({ start, weekly: heights }) => (
                  <BarCell key={start} week={start} height={heights[index]} />
                ))}
              </tr>
            </tbody>
          ))}
        </table>
      </Scroller>
      <p className="window-key small muted" aria-hidden="true">
        {t.scaleToLimit(
          [0, 1, 2, 3, 4].map((level) => <i key={level} data-height={level} />),
          <i data-height={5} />,
        )}
      </p>
    </>
  )
}

function MonthHead({ weeks }: Pick<CalendarWeeks, 'weeks'>) {
  return (
    <thead>
      <tr>
        <th scope="col">
          <span className="visually-hidden">{t.row}</span>
        </th>
        {weeks.map(({ start }, index) => {
          const before = weeks[index - 1]?.start.slice(0, 7)
          return (
            <th scope="col" key={start}>
              <span className="visually-hidden">{t.weekFrom(formatWeekdayAndDay(start))}</span>
              {before !== undefined && before !== start.slice(0, 7) && (
                <span className="window-month" aria-hidden="true">
                  {formatShortMonth(start.slice(0, 7))}
                </span>
              )}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

function DayCell({ day, height }: { readonly day: string; readonly height: WindowHeight | undefined }) {
  if (height === undefined) return <td title={t.noDataOn(formatLongDay(day))} />
  const text = `${formatPercent(height.highest / 100)}`
  return (
    <td data-height={levelOfHeight(height.highest)} title={t.inFullestOfWindows(formatLongDay(day), text, height.windows)}>
      <span className="visually-hidden">{text}</span>
    </td>
  )
}

function BarCell({ week, height }: { readonly week: string; readonly height: WindowHeight | undefined }) {
  if (height === undefined) return <td title={t.weekOfNoData(formatLongDay(week))} />
  const text = formatPercent(height.highest / 100)
  return (
    <td title={t.endedInWeekOf(formatLongDay(week), text)}>
      <span className="visually-hidden">{text}</span>
      <span className="window-bar" data-height={levelOfHeight(height.highest)} style={{ height: `${Math.min(100, height.highest)}%` }} />
    </td>
  )
}
