import { Link } from '../router/link.tsx'
import { Ago, Moment } from '../ui/moment.tsx'
import { toLocalDay } from '../ui/time-format.ts'
import { t } from '../words/today.ts'

interface NoUsageProps {
  /** ISO 8601; undefined while it is not known. */
  readonly lastCall: string | undefined
  /** Such as `the last hour`; undefined for today. */
  readonly span: string | undefined
  readonly zone: string
}

/** In the place of a chart without a bar: when there was usage, and a way to it. */
export function NoUsage({ lastCall, span, zone }: NoUsageProps) {
  const day = lastCall === undefined ? undefined : toLocalDay(Date.parse(lastCall), zone)
  return (
    <div className="no-usage">
      <p>
        {t.noUsageAndLastCall(
          span === undefined ? t.todayInside : t.inRange(span),
          lastCall !== undefined && <>{t.theLastCallWas(<Ago at={lastCall} zone={zone} />, <Moment at={lastCall} zone={zone} />)}</>,
        )}
      </p>
      {day !== undefined && (
        <p>
          <Link to="/usage" search={{ since: day, until: day }} className="button">
            {t.seeThatDay}
          </Link>
        </p>
      )}
    </div>
  )
}
