import type { UsageReport } from '../hub/answer.ts'
import { browserZone, clock, shortDay } from '../ui/time-format.ts'
import { rangeLabels } from './range.ts'
import type { UsageView } from './use-usage-view.ts'

/** `Oct 11 – Nov 9`, and the zone when it is not the browser's own. */
export function RangeWords({ view, report }: { readonly view: UsageView; readonly report: UsageReport | undefined }) {
  const { range, today, zone, rangeName } = view
  const from = range.since ?? report?.rows[0]?.day ?? report?.rows[0]?.week
  const to = range.until ?? today
  const days =
    from === undefined
      ? rangeName === undefined
        ? `until ${shortDay(to)}`
        : rangeLabels[rangeName]
      : from === to
        ? shortDay(to)
        : `${shortDay(from)} – ${shortDay(to)}`
  return (
    <>
      {days}
      {zone !== browserZone() && ` · ${zone}, where it is ${clock(Date.now(), zone)}`}
    </>
  )
}
