import type { BoardSession, ListedMachine } from '../hub/answer.ts'
import { Link } from '../router/link.tsx'
import { formatState } from '../sessions/session-state.ts'
import { t } from '../words/machines.ts'
import { type SlotState, toSlots } from './slots.ts'
import './slot-grid.css'

const stateNames: Record<SlotState, string> = { free: t.free, held: t.held, stale: t.stale }

interface SlotGridProps {
  readonly machine: ListedMachine
  /** The live sessions of the machine. */
  readonly sessions: readonly BoardSession[]
  readonly nameOf: (session: BoardSession) => string
}

/** The slots of a machine: free, held, or held by a session that no longer gives a sign of life. */
export function SlotGrid({ machine, sessions, nameOf }: SlotGridProps) {
  const slots = toSlots(machine.docker_slots, sessions)
  const count = (state: SlotState) => slots.filter((slot) => slot.state === state).length
  const parts = [
    t.countFree(count('free')),
    ...(count('held') > 0 ? [t.countHeld(count('held'))] : []),
    ...(count('stale') > 0 ? [t.countStale(count('stale'))] : []),
  ]
  return (
    <div className="slots">
      <p className="small">
        {t.slotCount(slots.length)}: {parts.join(', ')}
      </p>
      <ul className="slot-grid" aria-label={t.slotsOfMachine(machine.machine_id)}>
        {slots.map(({ number, state, session }) => (
          <li key={number}>
            {session === undefined ? (
              <span className="slot" data-state={state} title={t.slotIsFree(number)}>
                <span className="visually-hidden">{t.slot}</span>
                {number}
                <span className="visually-hidden">{t.isFree}</span>
              </span>
            ) : (
              <Link
                to="/sessions/$id"
                params={{ id: session.session_id }}
                className="slot"
                data-state={state}
                aria-label={t.slotOfSession(number, stateNames[state], nameOf(session), formatState(session))}
                title={`${nameOf(session)}: ${formatState(session)}`}
              >
                {number}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
