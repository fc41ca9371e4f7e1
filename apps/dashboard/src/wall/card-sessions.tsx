import { FleetPanel } from '../sessions/fleet-panel.tsx'
import { useBoard } from '../sessions/use-board.ts'
import { Skeleton } from '../ui/skeleton.tsx'

/** The machines in use with their sessions. */
export function SessionsCard() {
  const board = useBoard()
  return board.sessions === undefined ? <Skeleton height={260} label="Loading sessions" /> : <FleetPanel board={board} />
}
