import { alertSummaryOf } from '../hub/alert-words.ts'
import type { Alert, HubEvent } from '../hub/answer.ts'
import { t } from '../words/events.ts'

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
/** A word of the wire in words. */
const wire = (value: unknown): string | undefined => (text(value) === undefined ? undefined : t.wire(String(value)))
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** The sentence about the alert of an event. */
function alertName({ summary, subject, kind, about }: Data): string | undefined {
  if (text(summary) === undefined) return text(subject)
  return alertSummaryOf({ summary: String(summary), kind: kind as Alert['kind'], about: (about ?? {}) as Alert['about'] }).text
}

const sessionStatus: Record<string, readonly [title: string, tone?: EventText['tone']]> = {
  active: [t.sessionIsActive, 'good'],
  paused: [t.sessionPaused],
  stalled: [t.sessionStalled, 'danger'],
  completed: [t.sessionCompleted, 'good'],
  failed: [t.sessionFailed, 'danger'],
  archived: [t.sessionArchived],
  gone: [t.sessionRemoved],
}
const taskStatus: Record<string, readonly [title: string, tone?: EventText['tone']]> = {
  pending: [t.taskRequeued],
  in_progress: [t.taskStarted],
  completed: [t.taskCompleted, 'good'],
  failed: [t.taskFailed, 'danger'],
  blocked: [t.taskBlocked, 'caution'],
}
const machineStatus: Record<string, readonly [title: string, tone?: EventText['tone']]> = {
  online: [t.machineIsOnline, 'good'],
  offline: [t.machineIsOffline, 'danger'],
  maintenance: [t.machineIsInMaintenance, 'caution'],
}
const questionKinds: Record<string, string> = { permission: t.forPermission, question: t.aQuestion, plan: t.toApprovePlan }
const outcomes: Record<string, string> = {
  applied: t.theSessionWentOn,
  terminal: t.answeredInTerminal,
  session_ended: t.theSessionHasEnded,
  timed_out: t.noOneAnsweredIn,
  lost: t.theMachineThatAsked,
}
/** The fields of a session, in words. */
const fieldNames: Record<string, string> = {
  project_id: t.projectField,
  machine_id: t.machineField,
  docker_slot: t.slot,
  activity: t.activity,
  waiting_for: t.whatItWaitsFor,
  current_task_id: t.task,
  metadata: t.metadata,
  heartbeat_interval_ms: t.heartbeatInterval,
  recovery_checkpoint_at: t.checkpoint,
  claude_code: t.figuresOfClaudeCode,
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
          ? ([t.taskAdded] as const)
          : verb === 'updated'
            ? ([t.taskChanged] as const)
            : (taskStatus[text(data.status) ?? ''] ?? [t.taskChanged])
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
          ? ([t.machineAdded, 'good'] as const)
          : verb === 'removed'
            ? ([t.machineRemoved] as const)
            : verb === 'updated'
              ? ([t.machineChanged] as const)
              : (machineStatus[text(data.status) ?? ''] ?? [t.machineChanged])
      const merged = text(data.merged_into)
      return { title, tone, detail: merged === undefined ? text(data.reason) : t.mergedInto(merged), subject: machineOf(data) }
    }
    case 'usage': {
      const { accepted, improved } = data
      const detail = join(
        number(accepted) > 0 ? t.newCalls(number(accepted)) : undefined,
        number(improved) > 0 ? t.callsImproved(number(improved)) : undefined,
      )
      const machine = text(data.machine_id)
      return {
        title: detail === undefined ? t.usageMovedOrDeleted : t.usageReceived,
        detail,
        subject: machine === undefined ? undefined : { to: 'usage', machine, name: machine },
      }
    }
    case 'limits':
      return describeLimits(verb, data)
    case 'alert': {
      const title = verb === 'opened' ? t.alertOpened : verb === 'closed' ? t.alertClosed : t.alert(wire(data.change) ?? t.changed)
      const id = text(data.alert_id)
      const tone = verb === 'opened' ? (data.severity === 'critical' ? 'danger' : 'caution') : verb === 'closed' ? 'good' : undefined
      return {
        title,
        tone,
        detail: verb === 'closed' ? wire(data.reason) : undefined,
        subject: id === undefined ? undefined : { to: 'alert', id, name: alertName(data) ?? id },
      }
    }
    case 'alerts': {
      const until = text(data.until)
      return {
        title: verb === 'paused' ? t.alertsPaused : t.alertsResumed,
        tone: verb === 'paused' ? 'caution' : 'good',
        detail: join(text(data.reason), until === undefined ? undefined : t.until(until)),
      }
    }
    case 'channel': {
      const state = text(data.to)
      return {
        title: t.channelIs(wire(state) ?? t.changed),
        tone: state === 'ok' ? 'good' : state === 'broken' ? 'danger' : 'caution',
        detail: text(data.reason),
        subject: { to: 'settings', hash: 'channels', name: text(data.name) ?? t.channel },
      }
    }
    case 'question': {
      const kind = questionKinds[text(data.kind) ?? ''] ?? t.aQuestion
      const subject = sessionOf(data, projectName)
      if (verb === 'asked') return { title: t.sessionAsks(kind), tone: 'caution', subject }
      if (verb === 'answered') return { title: t.questionAnswered, tone: 'good', subject }
      return { title: t.questionEnded, detail: outcomes[text(data.outcome) ?? ''], subject }
    }
    case 'budget':
      return {
        title: t.budget(wire(data.change) ?? t.changed),
        tone: data.change === 'held' ? 'caution' : undefined,
        subject: { to: 'settings', hash: 'budgets', name: t.budgets },
      }
    case 'monitor':
      return verb === 'paused'
        ? {
            title: t.monitorPaused,
            tone: 'caution',
            detail: join(wire(data.reason), t.noSessionIsCalled),
          }
        : { title: t.monitorResumed, tone: 'good' }
    case 'data':
      return {
        title: t.dataDeleted,
        detail: join(
          text(data.machine_id) ?? text(data.project_id) ?? text(data.account),
          number(data.calls) > 0 ? t.calls(number(data.calls)) : undefined,
          number(data.sessions) > 0 ? t.sessionCount(number(data.sessions)) : undefined,
        ),
        subject: { to: 'settings', hash: 'audit', name: t.auditLog },
      }
    case 'view':
      return { title: data.change === 'created' ? t.viewSaved : data.change === 'removed' ? t.viewDeleted : t.viewChanged }
    default:
      return { title: event }
  }
}

function describeSession(verb: string, data: Data, projectName: (id: string) => string): EventText {
  const subject = sessionOf(data, projectName)
  if (verb === 'created') return { title: t.sessionStarted, tone: 'good', subject }
  if (verb === 'status') {
    const [title, tone] = sessionStatus[text(data.status) ?? ''] ?? [t.sessionChanged]
    return { title, tone, detail: text(data.reason), subject }
  }
  const changed = Array.isArray(data.changed) ? data.changed.map(String) : []
  if (changed.includes('activity') && data.activity === 'waiting') {
    const reason = text(data.waiting_for)
    return {
      title: reason === 'permission' || reason === 'input' ? t.sessionWaitsFor(t.waitReasons[reason]) : t.sessionWaits,
      tone: 'caution',
      subject,
    }
  }
  const activity = text(data.activity)
  if (changed.includes('activity') && activity !== undefined) return { title: t.sessionIs(t.wire(activity)), subject }
  if (changed.includes('not_seen_since'))
    return text(data.not_seen_since) === undefined
      ? { title: t.sessionIsSeenAgain, subject }
      : { title: t.sessionNotSeen, tone: 'caution', subject }
  const names = [...new Set(changed.flatMap((name) => fieldNames[name] ?? []))]
  return { title: t.sessionChanged, detail: join(...names), subject }
}

function describeLimits(verb: string, data: Data): EventText {
  const account = text(data.account)
  const subject = { to: 'limits', account, name: t.limits } as const
  if (verb === 'account') {
    const name = text(data.name)
    return { title: name === undefined ? t.accountLostItsName : t.accountNamed, detail: name, subject }
  }
  if (verb === 'trigger') return { title: t.limitsAskedFor, detail: join(wire(data.step), text(data.message)), subject }
  const state = text(data.state)
  if (state !== undefined) return { title: t.collectorIs(t.wire(state)), subject }
  return { title: t.limitsRead, subject }
}

function sessionOf(data: Data, projectName: (id: string) => string): EventSubject | undefined {
  const id = text(data.session_id)
  if (id === undefined) return machineOf(data)
  const project = text(data.project_id)
  const claude = data.claude_code as { readonly name?: unknown } | undefined
  const name = text(claude?.name) ?? (project === undefined ? undefined : projectName(project))
  return { to: 'session', id, name: name ?? t.session(id.slice(0, 8)) }
}

function machineOf(data: Data): EventSubject | undefined {
  const name = text(data.machine_id)
  return name === undefined ? undefined : { to: 'machine', name }
}

function join(...parts: readonly (string | undefined)[]): string | undefined {
  const found = parts.filter((part) => part !== undefined)
  return found.length === 0 ? undefined : found.join(', ')
}
