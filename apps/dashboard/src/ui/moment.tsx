import { formatAgo, formatExactMoment, formatMoment, formatTime, toLocalDay } from './time-format.ts'
import { useNow } from './use-now.ts'

interface MomentProps {
  /** ISO 8601. */
  readonly at: string
  readonly zone: string
}

/** Time since an instant, counting up. */
export function Ago({ at, zone }: MomentProps) {
  const now = useNow(10_000)
  const instant = Date.parse(at)
  return (
    <time dateTime={at} title={formatExactMoment(instant, zone)}>
      {formatAgo(instant, now)}
    </time>
  )
}

export function Clock({ at, zone }: MomentProps) {
  const instant = Date.parse(at)
  return (
    <time dateTime={at} title={formatExactMoment(instant, zone)}>
      {formatTime(instant, zone)}
    </time>
  )
}

export function Moment({ at, zone }: MomentProps) {
  const instant = Date.parse(at)
  return (
    <time dateTime={at} title={formatExactMoment(instant, zone)}>
      {formatMoment(instant, zone)}
    </time>
  )
}

/** The time alone of an instant of today, with its day otherwise. */
export function RecentMoment({ at, zone }: MomentProps) {
  const today = toLocalDay(useNow(60_000), zone)
  return toLocalDay(Date.parse(at), zone) === today ? <Clock at={at} zone={zone} /> : <Moment at={at} zone={zone} />
}
