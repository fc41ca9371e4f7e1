import { countOf } from '@signalbox/contract/plural'
import type { HubEvent } from '../hub/answer.ts'

/** What a row of the log says, beside its machine. */
export interface EventText {
  /** What happened: `Session failed`. */
  readonly title: string
  /** More of it: a reason, a count; absent for none. */
  readonly detail?: string | undefined
  /** What it is about, with the screen that has it. */
  readonly subject?: EventSubject | undefined
  readonly tone?: 'good' | 'caution' | 'danger' | undefined
}

export type EventSubject =
  | { readonly to: 'session'; readonly id: string; readonly name: string }
  | { readonly to: 'machine'; readonly name: string }
  | { readonly to: 'alert'; readonly id: string; readonly name: string }
  | { readonly to: 'limits'; readonly account: string | undefined; readonly name: string }
  | { readonly to: 'usage'; readonly machine: string; readonly name: string }
  | { readonly to: 'settings'; readonly hash: 'budgets' | 'channels' | 'audit'; readonly name: string }

type Data = Readonly<Record<string, unknown>>

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

const sessionStatus: Record<string, readonly [title: string, tone?: EventText['tone']]> = {
  active: ['Session is active', 'good'],
  paused: ['Session paused'],
  stalled: ['Session stalled', 'danger'],
  completed: ['Session completed', 'good'],
  failed: ['Session failed', 'danger'],
  archived: ['Session archived'],
  gone: ['Session removed'],
}
const taskStatus: Record<string, readonly [title: string, tone?: EventText['tone']]> = {
  pending: ['Task requeued'],
  in_progress: ['Task started'],
  completed: ['Task completed', 'good'],
  failed: ['Task failed', 'danger'],
  blocked: ['Task blocked', 'caution'],
}
const machineStatus: Record<string, readonly [title: string, tone?: EventText['tone']]> = {
  online: ['Machine is online', 'good'],
  offline: ['Machine is offline', 'danger'],
  maintenance: ['Machine is in maintenance', 'caution'],
}
const questionKinds: Record<string, string> = { permission: 'for permission', question: 'a question', plan: 'to approve a plan' }
const outcomes: Record<string, string> = {
  applied: 'the session went on',
  terminal: 'answered in the terminal',
  session_ended: 'the session has ended',
  timed_out: 'no one answered in time',
  lost: 'the machine that asked is gone',
}
/** The fields of a session, in words. */
const fieldNames: Record<string, string> = {
  project_id: 'project',
  machine_id: 'machine',
  docker_slot: 'slot',
  activity: 'activity',
  waiting_for: 'what it waits for',
  current_task_id: 'task',
  metadata: 'metadata',
  heartbeat_interval_ms: 'heartbeat interval',
  recovery_checkpoint_at: 'checkpoint',
  claude_code: 'figures of Claude Code',
}

/** An event of the log in words. @param projectName the short name of a project id */
export function describeEvent({ event, data }: Pick<HubEvent, 'event' | 'data'>, projectName: (id: string) => string): EventText {
  const [noun, verb] = event.split('.') as [string, string]
  switch (noun) {
    case 'session':
      return describeSession(verb, data, projectName)
    case 'task': {
      const [title, tone] =
        verb === 'created'
          ? (['Task added'] as const)
          : verb === 'updated'
            ? (['Task changed'] as const)
            : (taskStatus[text(data.status) ?? ''] ?? ['Task changed'])
      return {
        title,
        tone,
        detail: join(text(data.name) ?? text(data.task_name), text(data.reason)),
        subject: sessionOf(data, projectName),
      }
    }
    case 'machine': {
      const [title, tone] =
        verb === 'created'
          ? (['Machine added', 'good'] as const)
          : verb === 'removed'
            ? (['Machine removed'] as const)
            : verb === 'updated'
              ? (['Machine changed'] as const)
              : (machineStatus[text(data.status) ?? ''] ?? ['Machine changed'])
      const merged = text(data.merged_into)
      return { title, tone, detail: merged === undefined ? text(data.reason) : `merged into ${merged}`, subject: machineOf(data) }
    }
    case 'usage': {
      const { accepted, improved } = data
      const detail = join(
        number(accepted) > 0 ? countOf(number(accepted), 'new call') : undefined,
        number(improved) > 0 ? `${countOf(number(improved), 'call')} improved` : undefined,
      )
      const machine = text(data.machine_id)
      return {
        title: detail === undefined ? 'Usage moved or deleted' : 'Usage received',
        detail,
        subject: machine === undefined ? undefined : { to: 'usage', machine, name: machine },
      }
    }
    case 'limits':
      return describeLimits(verb, data)
    case 'alert': {
      const title =
        verb === 'opened'
          ? 'Alert opened'
          : verb === 'closed'
            ? 'Alert closed'
            : `Alert ${text(data.change)?.replaceAll('_', ' ') ?? 'changed'}`
      const id = text(data.alert_id)
      const tone = verb === 'opened' ? (data.severity === 'critical' ? 'danger' : 'caution') : verb === 'closed' ? 'good' : undefined
      return {
        title,
        tone,
        detail: verb === 'closed' ? text(data.reason)?.replaceAll('_', ' ') : undefined,
        subject: id === undefined ? undefined : { to: 'alert', id, name: text(data.summary) ?? text(data.subject) ?? id },
      }
    }
    case 'alerts':
      return {
        title: verb === 'paused' ? 'Alerts paused' : 'Alerts resumed',
        tone: verb === 'paused' ? 'caution' : 'good',
        detail: join(text(data.reason), text(data.until) === undefined ? undefined : `until ${text(data.until)}`),
      }
    case 'channel': {
      const state = text(data.to)
      return {
        title: `Channel is ${state ?? 'changed'}`,
        tone: state === 'ok' ? 'good' : state === 'broken' ? 'danger' : 'caution',
        detail: text(data.reason),
        subject: { to: 'settings', hash: 'channels', name: text(data.name) ?? 'Channel' },
      }
    }
    case 'question': {
      const kind = questionKinds[text(data.kind) ?? ''] ?? 'a question'
      const subject = sessionOf(data, projectName)
      if (verb === 'asked') return { title: `Session asks ${kind}`, tone: 'caution', subject }
      if (verb === 'answered') return { title: 'Question answered', tone: 'good', subject }
      return { title: 'Question ended', detail: outcomes[text(data.outcome) ?? ''], subject }
    }
    case 'budget':
      return {
        title: `Budget ${text(data.change) ?? 'changed'}`,
        tone: data.change === 'held' ? 'caution' : undefined,
        subject: { to: 'settings', hash: 'budgets', name: 'Budgets' },
      }
    case 'monitor':
      return verb === 'paused'
        ? {
            title: 'Monitor paused',
            tone: 'caution',
            detail: join(text(data.reason)?.replaceAll('_', ' '), 'no session is called stalled'),
          }
        : { title: 'Monitor resumed', tone: 'good' }
    case 'data':
      return {
        title: 'Data deleted',
        detail: join(
          text(data.machine_id) ?? text(data.project_id) ?? text(data.account),
          number(data.calls) > 0 ? countOf(number(data.calls), 'call') : undefined,
          number(data.sessions) > 0 ? countOf(number(data.sessions), 'session') : undefined,
        ),
        subject: { to: 'settings', hash: 'audit', name: 'Audit log' },
      }
    case 'view':
      return { title: `View ${text(data.change) ?? 'changed'}` }
    default:
      return { title: event }
  }
}

function describeSession(verb: string, data: Data, projectName: (id: string) => string): EventText {
  const subject = sessionOf(data, projectName)
  if (verb === 'created') return { title: 'Session started', tone: 'good', subject }
  if (verb === 'status') {
    const [title, tone] = sessionStatus[text(data.status) ?? ''] ?? ['Session changed']
    return { title, tone, detail: text(data.reason), subject }
  }
  const changed = Array.isArray(data.changed) ? data.changed.map(String) : []
  if (changed.includes('activity') && data.activity === 'waiting') {
    const reason = text(data.waiting_for)
    return {
      title: reason === 'permission' || reason === 'input' ? `Session waits for ${reason}` : 'Session waits',
      tone: 'caution',
      subject,
    }
  }
  if (changed.includes('activity') && text(data.activity) !== undefined) return { title: `Session is ${text(data.activity)}`, subject }
  if (changed.includes('not_seen_since'))
    return text(data.not_seen_since) === undefined
      ? { title: 'Session is seen again', subject }
      : { title: 'Session not seen', tone: 'caution', subject }
  const names = [...new Set(changed.flatMap((name) => fieldNames[name] ?? []))]
  return { title: 'Session changed', detail: join(...names), subject }
}

function describeLimits(verb: string, data: Data): EventText {
  const account = text(data.account)
  const subject = { to: 'limits', account, name: 'Limits' } as const
  if (verb === 'account') {
    const name = text(data.name)
    return { title: name === undefined ? 'Account lost its name' : 'Account named', detail: name, subject }
  }
  if (verb === 'trigger')
    return { title: 'Limits asked for', detail: join(text(data.step)?.replaceAll('_', ' '), text(data.message)), subject }
  const state = text(data.state)
  if (state !== undefined) return { title: `Collector is ${state.replaceAll('_', ' ')}`, subject }
  return { title: 'Limits read', subject }
}

function sessionOf(data: Data, projectName: (id: string) => string): EventSubject | undefined {
  const id = text(data.session_id)
  if (id === undefined) return machineOf(data)
  const project = text(data.project_id)
  const claude = data.claude_code as { readonly name?: unknown } | undefined
  const name = text(claude?.name) ?? (project === undefined ? undefined : projectName(project))
  return { to: 'session', id, name: name ?? `Session ${id.slice(0, 8)}` }
}

function machineOf(data: Data): EventSubject | undefined {
  const name = text(data.machine_id)
  return name === undefined ? undefined : { to: 'machine', name }
}

function join(...parts: readonly (string | undefined)[]): string | undefined {
  const found = parts.filter((part) => part !== undefined)
  return found.length === 0 ? undefined : found.join(', ')
}
