import type { StateTrackingApiClient } from '@signalbox/client'
import type { Session, SessionStatus } from '@signalbox/contract/session'
import type { Call } from '@signalbox/intent/call'
import { addDays, localDay, parseSince } from '@signalbox/usage/zone'
import { findSession, findSessions, liveStatuses } from '../find-session.ts'
import type { ToolContext } from '../tool.ts'

/** The statuses in which an action is possible; the others can be done with every session that lives. */
const candidates: Readonly<Record<string, readonly SessionStatus[]>> = {
  resume: ['paused'],
  recover: ['stalled', 'failed'],
  archive: ['completed', 'failed'],
}

/**
 * The sessions that a call about one session may mean, newest first. Of several none is chosen.
 * @throws ToolError where the beginning of an id is that of no session, or of several
 */
export async function findTargets(
  client: StateTrackingApiClient,
  { tool, arguments: args }: Call,
  context: ToolContext,
): Promise<readonly Session[]> {
  const { session, project, machine, slot, state, action } = args as {
    session?: string
    project?: string
    machine?: string
    slot?: number
    state?: SessionStatus
    action?: string
  }
  if (session !== undefined) return [await findSession(client, { session }, context)]
  const find = async (status?: readonly SessionStatus[]) => {
    const { sessions } = await findSessions(client, { status, project, machine }, context)
    return slot === undefined ? sessions : sessions.filter(({ docker_slot }) => docker_slot === slot)
  }
  if (tool === 'session_act') return find(state === undefined ? (candidates[action ?? ''] ?? liveStatuses) : [state])
  const live = await find(liveStatuses)
  return live.length > 0 ? live : (await find()).slice(0, 1)
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const MORNING_HOUR = 8

/** `2h`, `tomorrow_morning` or `17:00` as an instant to come. */
export function endOf(until: string, { now, timezone }: Pick<ToolContext, 'now' | 'timezone'>): string {
  const length = /^(\d+)([mhd])$/.exec(until)
  if (length !== null) return new Date(now + Number(length[1]) * unitMs[length[2]!]!).toISOString()
  const today = localDay(timezone, now)
  const clock = /^(\d\d):(\d\d)$/.exec(until)
  const at = clock === null ? MORNING_HOUR * unitMs.h! : Number(clock[1]) * unitMs.h! + Number(clock[2]) * unitMs.m!
  const onToday = parseSince(timezone, today) + at
  return new Date(clock !== null && onToday > now ? onToday : parseSince(timezone, addDays(today, 1)) + at).toISOString()
}
