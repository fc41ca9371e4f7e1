import { Icon } from '../ui/icon.tsx'
import { StatusIndicator } from '../ui/status-indicator.tsx'
import { formatState, type SessionState, type SessionStateFields, toSessionState } from './session-state.ts'
import './state-mark.css'

const icons: Record<SessionState, 'unseen' | 'person' | 'warning' | 'close' | 'pause' | 'check' | 'green' | 'off'> = {
  waiting: 'person',
  stalled: 'warning',
  failed: 'close',
  working: 'green',
  active: 'green',
  idle: 'off',
  unseen: 'unseen',
  paused: 'pause',
  completed: 'check',
  archived: 'check',
}

/** The state of a session: an icon of its own shape, and its name. */
export function StateMark({ session }: { readonly session: SessionStateFields }) {
  const state = toSessionState(session)
  const icon = icons[state]
  return (
    <span className="state-mark" data-state={state}>
      <span className="state-icon" aria-hidden="true">
        {icon === 'green' || icon === 'off' ? <StatusIndicator color={icon} /> : <Icon name={icon} size={14} />}
      </span>
      {formatState(session)}
    </span>
  )
}
