import { type ComponentProps, useCallback } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { SessionControlsProvider } from './actions/session-controls.tsx'
import { AttentionList } from './attention-list.tsx'
import { titleOf } from './session-title.ts'

/** Sessions that need attention, with what can be done about each. Not among the files of Today, which the first visit loads. */
export function AttentionListWithActions({ board, ...rest }: ComponentProps<typeof AttentionList>) {
  const nameOf = useCallback((session: BoardSession) => titleOf(session, board), [board])
  return (
    <SessionControlsProvider nameOf={nameOf}>
      <AttentionList board={board} {...rest} />
    </SessionControlsProvider>
  )
}
