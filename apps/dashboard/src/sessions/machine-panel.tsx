import { memo, useId, useState } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { machineBeat } from '../hub/beat.ts'
import { Button } from '../ui/button.tsx'
import { Lamp, type LampColor } from '../ui/lamp.tsx'
import { BeatClock } from './beat-clock.tsx'
import type { MachineView } from './board-view.ts'
import { SessionRow } from './session-row.tsx'
import type { Board } from './use-board.ts'
import './machine-panel.css'

/** Of a machine, so many sessions are drawn before somebody asks for more. */
const DRAWN = 30
/** More slots than this are a number, not squares. */
const SQUARES = 24

const lamps: Record<'online' | 'offline' | 'maintenance', readonly [LampColor, string]> = {
  online: ['go', 'online'],
  offline: ['dark', 'offline'],
  maintenance: ['caution', 'in maintenance'],
}

interface MachinePanelProps {
  readonly view: MachineView
  readonly board: Pick<Board, 'projectNames' | 'taskNames'>
  /** Where the machine is one of several on a screen about something else. */
  readonly compact?: boolean
}

/** One machine: is it there, which slots are held, and who is on it. */
export function MachinePanel({ view, board, compact = false }: MachinePanelProps) {
  const id = useId()
  const { machineId, machine, live, heldSlots } = view
  // In brief, what ended well is no news.
  const ended = compact ? view.ended.filter(({ status }) => status === 'failed') : view.ended
  const [most, setMost] = useState(DRAWN)
  const drawn = compact ? 5 : most
  const shown = live.slice(0, drawn)
  const shownEnded = ended.slice(0, Math.max(0, drawn - shown.length))
  const rest = live.length + ended.length - shown.length - shownEnded.length
  const row = (session: BoardSession) => (
    <SessionRow
      key={session.session_id}
      session={session}
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
        {machine !== undefined && <MachineFacts machine={machine} heldSlots={heldSlots} />}
      </header>
      {live.length + ended.length > 0 && (
        <>
          <div className="machine-columns plate" aria-hidden="true">
            <span />
            <span>State</span>
            <span>Project</span>
            <span>Task</span>
            <span>Last beat</span>
            <span>Age</span>
          </div>
          {shown.length > 0 && (
            <ul className="machine-live" aria-label={`Sessions on ${machineId}`}>
              {shown.map(row)}
            </ul>
          )}
          {shownEnded.length > 0 && (
            <>
              <p className="machine-ended plate">Ended in the last hour</p>
              <ul aria-label={`Ended in the last hour on ${machineId}`}>{shownEnded.map(row)}</ul>
            </>
          )}
          {rest > 0 && !compact && (
            <p className="machine-more">
              <Button onClick={() => setMost(most + 200)}>Show more</Button>
              <span className="small quiet">
                {shown.length + shownEnded.length} of {live.length + ended.length}
              </span>
            </p>
          )}
          {rest > 0 && compact && <p className="machine-none small quiet">and {rest} more</p>}
        </>
      )}
    </section>
  )
}

const MachineFacts = memo(function MachineFacts({
  machine,
  heldSlots,
}: {
  readonly machine: NonNullable<MachineView['machine']>
  readonly heldSlots: ReadonlySet<number>
}) {
  const [color, word] = lamps[machine.status]
  const slots = machine.docker_slots
  const held = slots.filter((slot) => heldSlots.has(slot)).length
  return (
    <>
      <span className="machine-status">
        <Lamp color={color} /> {word}
      </span>
      {slots.length > 0 && (
        <span className="machine-slots">
          {slots.length <= SQUARES && (
            <span className="slot-squares" aria-hidden="true">
              {slots.map((slot) => (
                <i
                  key={slot}
                  data-held={heldSlots.has(slot) || undefined}
                  title={`Slot ${slot} is ${heldSlots.has(slot) ? 'held' : 'free'}`}
                />
              ))}
            </span>
          )}
          {held} of {slots.length} slots
        </span>
      )}
      <span className="machine-beat">
        <span className="plate">Beat</span> <BeatClock id={machineBeat(machine.machine_id)} known={machine.last_heartbeat} />
      </span>
    </>
  )
})
