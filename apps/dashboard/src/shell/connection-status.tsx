import type { LiveStatus } from '../hub/live-connection.ts'
import { useLive } from '../hub/live-context.ts'
import { type IndicatorColor, StatusIndicator } from '../ui/status-indicator.tsx'
import { t } from '../words/shell.ts'
import './connection-status.css'

const statuses: Record<LiveStatus, { readonly color: IndicatorColor; readonly label: string; readonly title: string }> = {
  connecting: { color: 'off', label: t.connecting, title: t.connectingToHub },
  live: { color: 'green', label: t.live, title: t.changesAppearAsThey },
  reconnecting: { color: 'amber', label: t.reconnecting, title: t.theConnectionWasLost },
  refused: { color: 'off', label: t.notLive, title: t.thisKeyMayNot },
  offline: { color: 'red', label: t.offline, title: t.theHubDoesNot },
}

/** State of the live connection. Screen readers announce a change of state, not every event. */
export function ConnectionStatus() {
  const { status } = useLive()
  const { color, label, title } = statuses[status]
  return (
    <span className="live-dot" data-status={status} role="status" title={title}>
      <StatusIndicator color={color} pulsing={status === 'reconnecting' || status === 'connecting'} />
      <span>{label}</span>
    </span>
  )
}
