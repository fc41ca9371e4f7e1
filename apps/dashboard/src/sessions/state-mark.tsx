import type { BoardSession } from '../hub/answer.ts'
import { Icon } from '../ui/icon.tsx'
import { Lamp } from '../ui/lamp.tsx'
import { type SessionState, stateOf, stateWords } from './session-state.ts'
import './state-mark.css'

const signs: Record<SessionState, 'person' | 'warning' | 'close' | 'pause' | 'check' | 'go' | 'dark'> = {
  waiting: 'person',
  stalled: 'warning',
  failed: 'close',
  working: 'go',
  active: 'go',
  idle: 'dark',
  paused: 'pause',
  completed: 'check',
  archived: 'check',
}

/** The state of a session: a sign of its own shape, and the word. */
export function StateMark({ session }: { readonly session: Pick<BoardSession, 'status' | 'activity' | 'waiting_for'> }) {
  const state = stateOf(session)
  const sign = signs[state]
  return (
    <span className="state-mark" data-state={state}>
      <span className="state-sign" aria-hidden="true">
        {sign === 'go' || sign === 'dark' ? <Lamp color={sign} /> : <Icon name={sign} size={14} />}
      </span>
      {stateWords(session)}
    </span>
  )
}
