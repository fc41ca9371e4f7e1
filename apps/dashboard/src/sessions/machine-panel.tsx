import { countOf } from '@signalbox/contract/plural'
import { memo, useId, useState } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { formatUnseenReason } from '../hub/collector-state.ts'
import { useHeldSessions } from '../hub/held-sessions.ts'
import { machineHeartbeatKey } from '../hub/last-heartbeat-store.ts'
import { Button } from '../ui/button.tsx'
import { type IndicatorColor, StatusIndicator } from '../ui/status-indicator.tsx'
import type { MachineView } from './board-view.ts'
import { CollectorNote } from './collector-note.tsx'
import { HeartbeatAge } from './heartbeat-age.tsx'
import { SessionRow } from './session-row.tsx'
import type { Board } from './use-board.ts'
import './machine-panel.css'

/** Sessions of a machine rendered at first; `Show more` adds to them. */
const INITIAL_SESSIONS = 30
const COMPACT_SESSIONS = 5
/** More slots than this are shown as a number only. */
const MAX_SLOT_SQUARES = 24

const statuses: Record<'online' | 'offline' | 'maintenance', readonly [IndicatorColor, string]> = {
  online: ['green', 'online'],
  offline: ['off', 'offline'],
  maintenance: ['amber', 'in maintenance'],
}

interface MachinePanelProps {
  readonly view: MachineView
  readonly board: Pick<Board, 'projectNames' | 'taskNames'>
  /** A short version, for screens about something else. */
  readonly compact?: boolean
}

/** One machine: its status, its slots and its sessions. */
export function MachinePanel({ view, board, compact = false }: MachinePanelProps) {
  const id = useId()
  const { machineId, machine, live, usedSlots } = view
  // The compact version lists failed sessions only.
  const ended = compact ? view.ended.filter(({ status }) => status === 'failed') : view.ended
  const [limit, setLimit] = useState(INITIAL_SESSIONS)
  const maxSessions = compact ? COMPACT_SESSIONS : limit
  const visible = live.slice(0, maxSessions)
  const visibleEnded = ended.slice(0, Math.max(0, maxSessions - visible.length))
  const hiddenCount = live.length + ended.length - visible.length - visibleEnded.length
  const held = useHeldSessions()
  const unseenReason = formatUnseenReason(machineId, machine?.collector)
  const renderRow = (session: BoardSession) => (
    <SessionRow
      key={session.session_id}
      session={session}
      unseenReason={unseenReason}
      heldBy={held.get(session.session_id)}
      projectName={board.projectNames.get(session.project_id) ?? session.project_id}
      taskName={
        session.current_task_id === undefined ? undefined : (board.taskNames.get(session.current_task_id) ?? session.current_task_id)
      }
    />
  )
  return (
    <section className="machine" data-machine={machineId} aria-labelledby={id}>
      <header className="machine-head">
        <h2 id={id} title={machine?.hostname}>
          {machineId}
        </h2>
        {machine !== undefined && <MachineDetails machine={machine} usedSlots={usedSlots} />}
      </header>
      {live.length + ended.length > 0 && (
        <>
          {visible.length > 0 && (
            <>
              <div className="machine-columns overline" aria-hidden="true">
                <span />
                <span>State</span>
                <span>Project</span>
                <span>Name, task</span>
                <span>Last seen</span>
                <span>Running for</span>
              </div>
              <ul className="machine-live" aria-label={`Sessions on ${machineId}`}>
                {visible.map(renderRow)}
              </ul>
            </>
          )}
          {visibleEnded.length > 0 && (
            <>
              <div className="machine-ended overline">
                <p>Ended in the last hour</p>
                <span aria-hidden="true">Ended</span>
                <span aria-hidden="true">Duration</span>
              </div>
              <ul aria-label={`Ended in the last hour on ${machineId}`}>{visibleEnded.map(renderRow)}</ul>
            </>
          )}
          {hiddenCount > 0 && !compact && (
            <p className="machine-more">
              <Button onClick={() => setLimit(limit + 200)}>Show more</Button>
              <span className="small muted">
                {visible.length + visibleEnded.length} of {live.length + ended.length}
              </span>
            </p>
          )}
          {hiddenCount > 0 && compact && <p className="machine-rest small muted">and {hiddenCount} more</p>}
        </>
      )}
    </section>
  )
}

const MachineDetails = memo(function MachineDetails({
  machine,
  usedSlots,
}: {
  readonly machine: NonNullable<MachineView['machine']>
  readonly usedSlots: ReadonlySet<number>
}) {
  const [color, label] = statuses[machine.status]
  const slots = machine.docker_slots
  const usedCount = slots.filter((slot) => usedSlots.has(slot)).length
  return (
    <>
      <span className="machine-status">
        <StatusIndicator color={color} /> {label}
      </span>
      {slots.length > 0 && (
        <span className="machine-slots">
          {slots.length <= MAX_SLOT_SQUARES && (
            <span className="slot-squares" aria-hidden="true">
              {slots.map((slot) => (
                <i
                  key={slot}
                  data-used={usedSlots.has(slot) || undefined}
                  title={`Slot ${slot} is ${usedSlots.has(slot) ? 'in use' : 'free'}`}
                />
              ))}
            </span>
          )}
          {usedCount} of {countOf(slots.length, 'slot')} used
        </span>
      )}
      <CollectorNote machine={machine} />
      <span className="machine-seen">
        Last seen <HeartbeatAge id={machineHeartbeatKey(machine.machine_id)} known={machine.last_heartbeat} /> ago
      </span>
    </>
  )
})
