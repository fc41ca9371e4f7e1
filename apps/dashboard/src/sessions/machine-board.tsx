import { Fragment, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { useGradually } from '../ui/use-gradually.ts'
import { t } from '../words/board.ts'
import { RowCheckbox, RowControls } from './actions/row-controls.tsx'
import type { BoardView } from './board-view.ts'
import { GroupPanel } from './group-panel.tsx'
import { MachinePanel } from './machine-panel.tsx'
import { groupSessions } from './session-groups.ts'
import type { RowControlParts } from './session-row.tsx'
import { rowsStyle } from './session-rows.tsx'
import type { SessionGroup } from './session-search.ts'
import type { Board } from './use-board.ts'

/** Panels rendered at first; `Show more` adds to them. */
const INITIAL_PANELS = 40

/** Panels rendered at a time. */
const PANELS_AT_A_TIME = 5

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
      ? groupSessions(view.matching, group, board.projects).map((one) => ({
          key: `${group} ${one.key}`,
          live: one.sessions,
          panel: <GroupPanel group={one} board={board} by={group} controls={controls} />,
        }))
      : view.machines.map((machine) => ({
          key: machine.machineId,
          live: machine.live,
          panel: <MachinePanel view={machine} board={board} controls={controls} />,
        }))
  const renderedCount = useGradually(Math.min(limit, panels.length), PANELS_AT_A_TIME)
  return (
    <>
      <div className="board-machines">
        {panels
          .slice(0, limit)
          .map(({ key, live, panel }, index) =>
            index < renderedCount ? (
              <Fragment key={key}>{panel}</Fragment>
            ) : (
              <div key={key} className="machine-pending" style={rowsStyle(live)} />
            ),
          )}
      </div>
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
