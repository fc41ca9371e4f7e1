import { HubError } from '../hub-error.ts'
import type { SessionRecord } from './session-record.ts'

/**
 * Fences off the client of an earlier attempt: since the session was recovered, another client may run it, and it is that
 * client's to change and to end. A request without an attempt counts for any.
 * @throws HubError `attempt_superseded`, and `validation_error` for an attempt that there never was
 */
export function requireAttempt(session: SessionRecord, attempt: number | undefined): void {
  if (attempt === undefined || attempt === session.attempt) return
  if (attempt > session.attempt) throw unknownAttempt(session, attempt)
  throw attemptSuperseded(session, attempt)
}

export function attemptSuperseded({ session_id, attempt: current, machine_id }: SessionRecord, attempt: number): HubError {
  return new HubError('attempt_superseded', `Attempt ${attempt} of the session was superseded by attempt ${current}`, {
    suggestion: `Stop this work: the session was recovered, and continues as attempt ${current} on ${machine_id}.`,
    details: { session_id, attempt: current, superseded_attempt: attempt, machine_id },
  })
}

function unknownAttempt({ attempt: current }: SessionRecord, attempt: number): HubError {
  return new HubError('validation_error', `attempt: the session has had no attempt ${attempt}; it is at attempt ${current}`, {
    apiCode: 'VALIDATION_OUT_OF_RANGE',
    suggestion: 'Send the attempt that create, recover or GET have answered, or leave it out.',
    details: { field: 'attempt', attempt: current },
  })
}
