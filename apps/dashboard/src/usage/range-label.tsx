import type { UsageReport } from '../hub/answer.ts'
import { browserTimeZone, formatShortDay, formatTime } from '../ui/time-format.ts'
import { t } from '../words/usage.ts'
import { rangeLabels } from './range.ts'
import type { UsageView } from './use-usage-view.ts'

/** `Oct 11 – Nov 9`, with the time zone when it is not the browser's. */
export function RangeLabel({ view, report }: { readonly view: UsageView; readonly report: UsageReport | undefined }) {
  const { range, today, zone, rangeName } = view
  const from = range.since ?? report?.rows[0]?.day ?? report?.rows[0]?.week
  const to = range.until ?? today
  const days =
    from === undefined
      ? rangeName === undefined
        ? t.until(formatShortDay(to))
        : rangeLabels[rangeName]
      : from === to
        ? formatShortDay(to)
        : `${formatShortDay(from)} – ${formatShortDay(to)}`
  return (
    <>
      {days}
      {zone !== browserTimeZone() && t.zoneAndTime(zone, formatTime(Date.now(), zone))}
    </>
  )
}
