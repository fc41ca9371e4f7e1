import type { LiveStatus } from '../hub/live-connection.ts'
import { useLive } from '../hub/live-context.ts'
import { type IndicatorColor, StatusIndicator } from '../ui/status-indicator.tsx'
import './connection-status.css'

const statuses: Record<LiveStatus, { readonly color: IndicatorColor; readonly label: string; readonly title: string }> = {
  connecting: { color: 'off', label: 'Connecting', title: 'Connecting to the hub' },
  live: { color: 'green', label: 'Live', title: 'Changes appear as they happen' },
  reconnecting: { color: 'amber', label: 'Reconnecting', title: 'The connection was lost; reconnecting' },
  refused: { color: 'off', label: 'Not live', title: 'This key may not follow events; the page updates every few minutes' },
  offline: { color: 'red', label: 'Offline', title: 'The hub does not respond; reconnecting' },
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
