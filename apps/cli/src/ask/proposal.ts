import { printable } from '@signalbox/contract/printable'
import type { Session } from '@signalbox/contract/session'
import type { Call } from '@signalbox/intent/call'
import { endOf, findTargets } from '@signalbox/tools/ask/target'
import { describeSession } from '@signalbox/tools/session-summary'
import type { ToolContext } from '@signalbox/tools/tool'
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
export async function propose(call: Call, { client }: Hub, context: ToolContext): Promise<Proposal | undefined> {
  const { tool, arguments: args } = call
  if (tool === 'session_act') return proposeForSession(await findTarget(call, client, context), String(args.action), context.now)
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
async function findTarget(call: Call, client: Hub['client'], context: ToolContext): Promise<Session> {
  const matching = await findTargets(client, call, context)
  if (matching.length === 1) return matching[0]!
  if (matching.length === 0) throw new Failure('no session matches.', 'signalbox sessions list shows the sessions there are.')
  const lines = matching.slice(0, 5).map((one) => describeSession(one, context.now))
  throw new Failure(
    `${matching.length} sessions match, and none was chosen.`,
    `Ask again with the id of one: ${printable(lines.join('; '))}.`,
  )
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
