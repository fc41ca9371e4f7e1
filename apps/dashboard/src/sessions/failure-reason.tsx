import type { BoardSession } from '../hub/answer.ts'
import { useFailureInfo } from '../hub/session.ts'

/** Why it failed; lists of sessions do not say it, so it is asked for where it is shown. */
export function FailureReason({ session }: { readonly session: BoardSession }) {
  const info = useFailureInfo(session.session_id, { enabled: session.status === 'failed' })
  return <>{info.data?.failure_reason ?? ''}</>
}
