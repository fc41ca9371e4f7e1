import { printable } from '@signalbox/contract/printable'
import type { Session, SessionStatus } from '@signalbox/contract/session'
import type { Call } from '@signalbox/intent/call'
import { findSession, findSessions } from '@signalbox/tools/find-session'
import { describeSession } from '@signalbox/tools/session-summary'
import type { ToolContext } from '@signalbox/tools/tool'
import { addDays, localDay, parseSince } from '@signalbox/usage/zone'
import { Failure } from '../failure.ts'
import type { Hub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { shortId } from '../short-id.ts'

/** What would change, as a sentence and as the command that does it. */
export interface Proposal {
  readonly effect: string
  readonly command: readonly string[]
  run(io: Io): Promise<void>
}

const sessionEffects: Readonly<Record<string, string>> = {
  pause: 'Marks it as paused. Its process goes on; Claude Code is not stopped.',
  resume: 'Marks it as active again.',
  end: 'Marks it as completed and releases its slot. Its process goes on; Claude Code is not stopped.',
  recover: 'Makes it active again; that can be done three times at most.',
  mark_failed: 'Marks it and its tasks in progress as failed. Only recovery reverts that.',
  archive: 'Moves it to the archive.',
}
const REASON = 'asked for with signalbox ask'

/** The one target of an action and what would be done. @throws Failure or ToolError when there is no such target, or several */
export async function propose({ tool, arguments: args }: Call, { client }: Hub, context: ToolContext): Promise<Proposal | undefined> {
  if (tool === 'session_act') return proposeForSession(await findTarget(args, client, context), String(args.action), context.now)
  if (tool === 'machine_act') return proposeForMachine(String(args.machine), args.action as 'online' | 'offline' | 'maintenance')
  if (tool === 'alerts_resume') {
    return {
      effect: 'Messages are sent again.',
      command: ['alerts', 'resume'],
      run: async (io) => (await import('../alerts/pause.ts')).resume(io, {}),
    }
  }
  if (tool !== 'alerts_pause') return undefined
  const until = endOf(String(args.until), context)
  return {
    effect: 'Holds all messages of the hub until then.',
    command: ['alerts', 'pause', '--until', until],
    run: async (io) => (await import('../alerts/pause.ts')).pause(io, { until }),
  }
}

/** Of several sessions none is chosen. */
async function findTarget(args: Call['arguments'], client: Hub['client'], context: ToolContext): Promise<Session> {
  const { session, project, machine, slot, state } = args as {
    session?: string
    project?: string
    machine?: string
    slot?: number
    state?: SessionStatus
  }
  if (session !== undefined) return findSession(client, { session }, context)
  const wanted: readonly SessionStatus[] =
    state !== undefined ? [state] : (candidates[String(args.action)] ?? ['active', 'paused', 'stalled'])
  const { sessions } = await findSessions(client, { status: wanted, project, machine }, context)
  const matching = slot === undefined ? sessions : sessions.filter(({ docker_slot }) => docker_slot === slot)
  if (matching.length === 1) return matching[0]!
  if (matching.length === 0) throw new Failure('no session matches.', 'signalbox sessions list shows the sessions there are.')
  const lines = matching.slice(0, 5).map((one) => describeSession(one, context.now))
  throw new Failure(
    `${matching.length} sessions match, and none was chosen.`,
    `Ask again with the id of one: ${printable(lines.join('; '))}.`,
  )
}

const candidates: Readonly<Record<string, readonly SessionStatus[]>> = {
  resume: ['paused'],
  recover: ['stalled', 'failed'],
  archive: ['completed', 'failed'],
}
const verbs: Readonly<Record<string, string>> = { end: 'complete', mark_failed: 'fail' }

function proposeForSession(session: Session, action: string, now: number): Proposal {
  const id = session.session_id
  const verb = verbs[action] ?? action
  return {
    effect: `${describeSession(session, now)}. ${sessionEffects[action]}`,
    command: ['sessions', verb, shortId(id), ...(action === 'mark_failed' ? ['--reason', REASON] : [])],
    async run(io) {
      const acts = await import('../sessions/actions.ts')
      if (action === 'mark_failed') return acts.fail(io, id, { reason: REASON, yes: true })
      if (action === 'archive') return acts.archive(io, id, { yes: true })
      const act = { pause: acts.pause, resume: acts.resume, end: acts.complete, recover: acts.recover }[action]!
      return act(io, id, {})
    },
  }
}

function proposeForMachine(machine: string, action: 'online' | 'offline' | 'maintenance'): Proposal {
  return {
    effect: `Marks ${machine} as ${action}; what runs there goes on.`,
    command: ['machines', action, machine],
    async run(io) {
      const acts = await import('../machines/actions.ts')
      await { online: acts.online, offline: acts.offline, maintenance: acts.underMaintenance }[action](io, machine, {})
    },
  }
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const MORNING_HOUR = 8

/** `2h`, `tomorrow_morning` or `17:00` as an instant to come. */
function endOf(until: string, { now, timezone }: ToolContext): string {
  const length = /^(\d+)([mhd])$/.exec(until)
  if (length !== null) return new Date(now + Number(length[1]) * unitMs[length[2]!]!).toISOString()
  const today = localDay(timezone, now)
  const clock = /^(\d\d):(\d\d)$/.exec(until)
  const at = clock === null ? MORNING_HOUR * unitMs.h! : Number(clock[1]) * unitMs.h! + Number(clock[2]) * unitMs.m!
  const onToday = parseSince(timezone, today) + at
  return new Date(clock !== null && onToday > now ? onToday : parseSince(timezone, addDays(today, 1)) + at).toISOString()
}
