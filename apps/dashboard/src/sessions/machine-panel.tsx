import { memo, useId } from 'react'
import { formatUnseenReason } from '../hub/collector-state.ts'
import { machineHeartbeatKey } from '../hub/last-heartbeat-store.ts'
import { isSameList } from '../ui/same-list.ts'
import { type IndicatorColor, StatusIndicator } from '../ui/status-indicator.tsx'
import { t } from '../words/sessions.ts'
import { CollectorNote } from './collector-note.tsx'
import { HeartbeatAge } from './heartbeat-age.tsx'
import type { MachineView } from './machine-view.ts'
import type { RowControlParts } from './session-row.tsx'
import { type RowBoard, rowsStyle, SessionRows } from './session-rows.tsx'
import './machine-panel.css'

/** More slots than this are shown as a number only. */
const MAX_SLOT_SQUARES = 24

const statuses: Record<'online' | 'offline' | 'maintenance', readonly [IndicatorColor, string]> = {
  online: ['green', 'online'],
  offline: ['off', 'offline'],
  maintenance: ['amber', t.inMaintenance],
}

interface MachinePanelProps {
  readonly view: MachineView
  readonly board: RowBoard
  /** A short version, for screens about something else. */
  readonly compact?: boolean
  readonly controls?: RowControlParts | undefined
}

/** One machine: its status, its slots and its sessions. Renders only when one of them changed: each event makes a new board. */
export const MachinePanel = memo(Panel, (a, b) => {
  const { projectNames, taskNames } = a.board
  return (
    a.view.machine === b.view.machine &&
    isSameList(a.view.live, b.view.live) &&
    isSameList(a.view.ended, b.view.ended) &&
    isSameList([...a.view.usedSlots], [...b.view.usedSlots]) &&
    projectNames === b.board.projectNames &&
    taskNames === b.board.taskNames &&
    a.view.machineId === b.view.machineId &&
    a.compact === b.compact &&
    a.controls === b.controls
  )
})

function Panel({ view, board, compact = false, controls }: MachinePanelProps) {
  const id = useId()
  const { machineId, machine, live, ended, usedSlots } = view
  return (
    <section
      className="machine"
      data-machine={machineId}
      data-controls={controls !== undefined || undefined}
      aria-labelledby={id}
      style={rowsStyle(live, compact)}
    >
      <header className="machine-head">
        <h2 id={id} title={machine?.hostname}>
          {machineId}
        </h2>
        {machine !== undefined && <MachineDetails machine={machine} usedSlots={usedSlots} />}
      </header>
      <SessionRows
        live={live}
        ended={ended}
        board={board}
        place={t.onMachine(machineId)}
        compact={compact}
        controls={controls}
        unseenReason={() => formatUnseenReason(machineId, machine?.collector)}
      />
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
          {t.ofSlotsUsed(
            slots.length <= MAX_SLOT_SQUARES && (
              <span className="slot-squares" aria-hidden="true">
                {slots.map((slot) => (
                  <i
                    key={slot}
                    data-used={usedSlots.has(slot) || undefined}
                    title={t.slotIs(slot, usedSlots.has(slot) ? t.inUse : t.free)}
                  />
                ))}
              </span>
            ),
            usedCount,
            slots.length,
          )}
        </span>
      )}
      <CollectorNote machine={machine} />
      <span className="machine-seen">
        {t.lastSeenAgo(<HeartbeatAge id={machineHeartbeatKey(machine.machine_id)} known={machine.last_heartbeat} />)}
      </span>
    </>
  )
})
