import { HubError } from '../hub-error.ts'
import type { SessionRecord } from './session-record.ts'

interface ActivityFields {
  readonly activity?: SessionRecord['activity'] | undefined
  readonly waiting_for?: Exclude<SessionRecord['waiting_for'], null> | undefined
}

/** @throws HubError `validation_error` when `waiting_for` comes without the activity `waiting` */
export function resolveActivity(
  body: ActivityFields,
  session: SessionRecord | undefined,
  now: number,
): Pick<SessionRecord, 'activity' | 'waiting_for' | 'waiting_since'> {
  const activity = body.activity === undefined ? (session?.activity ?? null) : body.activity
  if (activity !== 'waiting') {
    if (body.waiting_for === undefined) return { activity, waiting_for: null, waiting_since: null }
    throw new HubError('validation_error', 'waiting_for goes with the activity waiting', {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: 'Send activity "waiting" as well, or leave waiting_for out.',
      details: { field: 'waiting_for' },
    })
  }
  const waitingFor = body.waiting_for ?? session?.waiting_for ?? 'other'
  const since = session?.activity === 'waiting' && session.waiting_for === waitingFor ? session.waiting_since : now
  return { activity, waiting_for: waitingFor, waiting_since: since }
}
