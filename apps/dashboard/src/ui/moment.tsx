import { ago, clock, exactMoment, moment } from './time-format.ts'
import { useNow } from './use-now.ts'

interface MomentProps {
  /** ISO 8601. */
  readonly at: string
  readonly zone: string
}

/** How long ago, counting up by itself. */
export function Ago({ at, zone }: MomentProps) {
  const now = useNow(10_000)
  const instant = Date.parse(at)
  return (
    <time dateTime={at} title={exactMoment(instant, zone)}>
      {ago(instant, now)}
    </time>
  )
}

export function Clock({ at, zone }: MomentProps) {
  const instant = Date.parse(at)
  return (
    <time dateTime={at} title={exactMoment(instant, zone)}>
      {clock(instant, zone)}
    </time>
  )
}

export function Moment({ at, zone }: MomentProps) {
  const instant = Date.parse(at)
  return (
    <time dateTime={at} title={exactMoment(instant, zone)}>
      {moment(instant, zone)}
    </time>
  )
}
