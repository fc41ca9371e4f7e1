import type { PointerEvent } from 'react'
import { useLastHeartbeat } from '../hub/use-last-heartbeat.ts'
import { browserTimeZone, formatDuration, formatElapsed, formatExactMoment } from '../ui/time-format.ts'
import { useNow } from '../ui/use-now.ts'

/** Time since the last heartbeat, counting up; only this element renders each second. */
export function HeartbeatAge({ id, known }: { /** As `useLastHeartbeat` takes it. */ readonly id: string; readonly known: string }) {
  const lastHeartbeat = useLastHeartbeat(id, known)
  const now = useNow(1_000)
  return <Since instant={lastHeartbeat} text={formatElapsed(now - lastHeartbeat)} />
}

/** Time since an instant: to the second at first, then to the minute. */
export function Age({ at }: { /** ISO 8601. */ readonly at: string }) {
  const instant = Date.parse(at)
  const now = useNow(Date.now() - instant < 90_000 ? 1_000 : 10_000)
  return <Since instant={instant} text={formatDuration(now - instant)} />
}

/** Time that a session has been waiting, to the second within an hour. */
export function WaitingTime({ since }: { /** ISO 8601. */ readonly since: string }) {
  const now = useNow(1_000)
  const instant = Date.parse(since)
  return <Since instant={instant} text={formatElapsed(now - instant)} />
}

/** Sets the title on hover: formatting it for hundreds of ticking elements each second would be wasted. */
function setTitle({ currentTarget: element }: PointerEvent<HTMLTimeElement>): void {
  element.title = formatExactMoment(Date.parse(element.dateTime), browserTimeZone())
}

function Since({ instant, text }: { readonly instant: number; readonly text: string }) {
  return (
    <time dateTime={new Date(instant).toISOString()} onPointerEnter={setTitle}>
      {text}
    </time>
  )
}
