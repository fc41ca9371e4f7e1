import type { PointerEvent } from 'react'
import { useBeat } from '../hub/beat.ts'
import { browserZone, duration, exactMoment, stopwatch } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'

/** The time since the last beat, counting up; only this is drawn anew each second. */
export function BeatClock({ id, known }: { /** As `useBeat` has it. */ readonly id: string; readonly known: string }) {
  const beat = useBeat(id, known)
  const now = useNow(1_000)
  return <Span from={beat} text={stopwatch(now - beat)} />
}

/** The time since a moment: to the second while it is fresh, then to the minute. */
export function Age({ at }: { /** ISO 8601. */ readonly at: string }) {
  const from = Date.parse(at)
  const now = useNow(Date.now() - from < 90_000 ? 1_000 : 10_000)
  return <Span from={from} text={duration(now - from)} />
}

/** How long a person has been waited for, to the second within an hour. */
export function Waited({ since }: { /** ISO 8601. */ readonly since: string }) {
  const now = useNow(1_000)
  const from = Date.parse(since)
  return <Span from={from} text={stopwatch(now - from)} />
}

/** Written out when somebody points at it: for hundreds of clocks that tick, it would be written out for nobody. */
function tell({ currentTarget: clock }: PointerEvent<HTMLTimeElement>): void {
  clock.title = exactMoment(Date.parse(clock.dateTime), browserZone())
}

function Span({ from, text }: { readonly from: number; readonly text: string }) {
  return (
    <time dateTime={new Date(from).toISOString()} onPointerEnter={tell}>
      {text}
    </time>
  )
}
