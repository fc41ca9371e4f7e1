import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { t } from '../words/board.ts'
import { RowCheckbox, RowControls } from './actions/row-controls.tsx'
import type { BoardView } from './board-view.ts'
import { GroupPanel } from './group-panel.tsx'
import { MachinePanel } from './machine-panel.tsx'
import { groupSessions } from './session-groups.ts'
import type { RowControlParts } from './session-row.tsx'
import type { SessionGroup } from './session-search.ts'
import type { Board } from './use-board.ts'

/** Panels rendered at first; `Show more` adds to them. */
const INITIAL_PANELS = 40

const controls: RowControlParts = { Checkbox: RowCheckbox, Menu: RowControls }

interface MachineBoardProps {
  readonly view: BoardView
  readonly board: Board
  readonly group: SessionGroup
}

/** A panel for each machine with its slots, or for each project or branch. */
export function MachineBoard({ view, board, group }: MachineBoardProps) {
  const [limit, setLimit] = useState(INITIAL_PANELS)
  const panels =
    group === 'project' || group === 'branch'
      ? groupSessions(view.matching, group, board.projects).map((one) => (
          <GroupPanel key={`${group} ${one.key}`} group={one} board={board} by={group} controls={controls} />
        ))
      : view.machines.map((machine) => <MachinePanel key={machine.machineId} view={machine} board={board} controls={controls} />)
  return (
    <>
      <div className="board-machines">{panels.slice(0, limit)}</div>
      {panels.length > limit && (
        <p>
          <Button onClick={() => setLimit(limit + 2 * INITIAL_PANELS)}>
            {group === 'machine' ? t.showMoreMachines : t.showMoreGroups}
          </Button>{' '}
          <span className="small muted">{t.shownOf(limit, panels.length)}</span>
        </p>
      )}
    </>
  )
}
