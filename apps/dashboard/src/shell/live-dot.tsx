import type { LiveStatus } from '../hub/live.ts'
import { useLive } from '../hub/live-context.ts'
import { Lamp, type LampColor } from '../ui/lamp.tsx'
import './live.css'

const looks: Record<LiveStatus, { readonly color: LampColor; readonly word: string; readonly about: string }> = {
  connecting: { color: 'dark', word: 'Connecting', about: 'Connecting to the hub' },
  live: { color: 'go', word: 'Live', about: 'Changes are shown as they happen' },
  reconnecting: { color: 'caution', word: 'Reconnecting', about: 'The connection was lost a moment ago and is being tried again' },
  refused: { color: 'dark', word: 'Not live', about: 'The hub does not tell this key what happens; the page asks every few minutes' },
  offline: { color: 'danger', word: 'Offline', about: 'The hub does not answer; it is being tried again' },
}

/** Says quietly whether the numbers keep themselves up to date; a screen reader hears of a change, not of every event. */
export function LiveDot() {
  const { status } = useLive()
  const { color, word, about } = looks[status]
  return (
    <span className="live-dot" data-status={status} role="status" title={about}>
      <Lamp color={color} beating={status === 'reconnecting' || status === 'connecting'} />
      <span>{word}</span>
    </span>
  )
}
