import { useMemo } from 'react'
import { AttentionList } from '../sessions/attention-list.tsx'
import { buildBoardView } from '../sessions/board-view.ts'
import { useBoard } from '../sessions/use-board.ts'

/** The sessions that wait for a person. */
export function AttentionCard() {
  const board = useBoard()
  const { needAttention } = useMemo(() => buildBoardView(board.sessions ?? [], board.machines), [board.sessions, board.machines])
  return board.sessions === undefined ? null : <AttentionList needAttention={needAttention} board={board} />
}
