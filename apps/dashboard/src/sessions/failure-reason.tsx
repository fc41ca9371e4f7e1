import type { BoardSession } from '../hub/answer.ts'
import { useFailureInfo } from '../hub/board.ts'

/** Why a session failed. Lists of sessions do not contain it, so it is fetched here. */
export function FailureReason({ session }: { readonly session: BoardSession }) {
  const info = useFailureInfo(session.session_id, { enabled: session.status === 'failed' })
  return <>{info.data?.failure_reason ?? ''}</>
}
