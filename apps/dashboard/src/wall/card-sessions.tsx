import { FleetPanel } from '../sessions/fleet-panel.tsx'
import { useBoard } from '../sessions/use-board.ts'
import { Skeleton } from '../ui/skeleton.tsx'
import { t } from '../words/wall.ts'

/** The machines in use with their sessions. */
export function SessionsCard() {
  const board = useBoard()
  return board.sessions === undefined ? <Skeleton height={260} label={t.loadingSessions} /> : <FleetPanel board={board} />
}
