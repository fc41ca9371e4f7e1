import { type PointerEvent, useLayoutEffect, useRef } from 'react'
import { hubClockOffset } from '../hub/hub-clock.ts'
import { type LaterHeartbeats, useLaterHeartbeats } from '../hub/later-heartbeats.ts'
import { browserTimeZone, formatDuration, formatElapsed, formatExactMoment } from '../ui/time-format.ts'
import { onTick } from '../ui/use-now.ts'

interface HeartbeatAgeProps {
  /** A session id, or the `machineHeartbeatKey` of a machine. */
  readonly id: string
  /** ISO 8601: the heartbeat in the last response. */
  readonly known: string
}

/** Time since the last heartbeat, counting up. */
export function HeartbeatAge({ id, known }: HeartbeatAgeProps) {
  return <Since at={known} later={useLaterHeartbeats(id)} format={formatElapsed} />
}

/** Time since an instant: to the second at first, then to the minute. */
export function Age({ at }: { /** ISO 8601. */ readonly at: string }) {
  return <Since at={at} format={formatDuration} />
}

/** Time that a session has been waiting, to the second within an hour. */
export function WaitingTime({ since }: { /** ISO 8601. */ readonly since: string }) {
  return <Since at={since} format={formatElapsed} />
}

/** Sets the title on hover: formatting it for hundreds of ticking elements each second would be wasted. */
function setTitle({ currentTarget: element }: PointerEvent<HTMLTimeElement>): void {
  element.title = formatExactMoment(Date.parse(element.dateTime), browserTimeZone())
}

const TICK_MS = 1_000

interface SinceProps {
  /** ISO 8601. */
  readonly at: string
  readonly later?: LaterHeartbeats
  readonly format: (milliseconds: number) => string
}

/** Its text ticks without React: a board of 500 sessions has a thousand of them, which took a task of 50 ms each second. */
function Since({ at, later, format }: SinceProps) {
  const element = useRef<HTMLTimeElement>(null)
  const known = Date.parse(at)
  // After every render: React leaves a text alone that is the same as in the render before, whatever has been set since.
  useLayoutEffect(() => {
    const time = element.current
    const text = time?.firstChild as Text | null | undefined
    if (!time || !text) return
    let shown = Date.parse(time.dateTime)
    const show = () => {
      const instant = latest(known, later)
      if (instant !== shown) time.dateTime = new Date(instant).toISOString()
      shown = instant
      const next = textOf(instant, format)
      if (text.data !== next) text.data = next
    }
    show()
    const stops = [onTick(TICK_MS, show), later?.subscribe(show)]
    return () => {
      for (const stop of stops) stop?.()
    }
  })
  return (
    <time ref={element} dateTime={at} onPointerEnter={setTitle}>
      {textOf(latest(known, later), format)}
    </time>
  )
}

function latest(known: number, later: LaterHeartbeats | undefined): number {
  return Math.max(known, later?.last() ?? Number.NEGATIVE_INFINITY)
}

/** Of the same second for all that tick together, on the hub's clock: by a browser's that is wrong, a session lost for hours was seen 0 s ago. */
function textOf(instant: number, format: SinceProps['format']): string {
  return format(Math.floor((Date.now() + hubClockOffset()) / TICK_MS) * TICK_MS - instant)
}
