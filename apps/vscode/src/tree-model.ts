import { alertConditionNames, alertConditionOf } from '@signalbox/client/alert-words'
import { needsAttention, toSessionState } from '@signalbox/client/session-state'
import type { AlertSeverity } from '@signalbox/contract/alert-severity'
import { formatRoughDuration } from '@signalbox/contract/duration-text'
import { countOf, plural } from '@signalbox/contract/plural'
import { printable } from '@signalbox/contract/printable'
import type { Scope } from '@signalbox/contract/scope'
import type { Task, TaskStatus } from '@signalbox/contract/task'
import { isUnseen, possibleAlertActions } from './alert-action.ts'
import { attentionSince, type Fleet, type FleetAlert, type FleetSession } from './fleet.ts'
import { possibleActions } from './session-action.ts'
import { projectName, sessionName, stateDuration, stateIcons, stateText } from './session-text.ts'

/** A row of a tree, as the editor shows it. */
export interface TreeRow {
  /** Unique in its tree, and the same as long as the thing is. */
  readonly id: string
  readonly label: string
  readonly description: string
  readonly tooltip: string
  readonly icon: string
  readonly color?: string | undefined
  /** The kind, and what can be done: `session,recover,asked`. */
  readonly context: string
  readonly children: 'none' | 'collapsed' | 'expanded'
  readonly machine?: string
  readonly session?: string
  readonly alert?: string
}

export type TreeFilter = 'workspace' | 'all'

export interface TreeOptions {
  readonly fleet: Fleet
  readonly filter: TreeFilter
  readonly isOwn: (session: FleetSession) => boolean
  readonly isOwnAlert: (alert: FleetAlert) => boolean
  readonly scopes: readonly Scope[] | undefined
  readonly now: number
}

/** Machines with sessions to show; with every project also those without. Those that need someone are open. */
export function machineRows(options: TreeOptions): TreeRow[] {
  const { fleet, filter } = options
  const shown = groupByMachine(shownSessions(options))
  const ids = filter === 'all' ? new Set([...fleet.machines.keys(), ...shown.keys()]) : new Set(shown.keys())
  return [...ids].sort().map((id) => {
    const sessions = shown.get(id) ?? []
    const machine = fleet.machines.get(id)
    const waiting = sessions.filter(needsAttention).length
    const state = machine === undefined || machine.status === 'online' ? '' : machine.status
    const counts = [
      countOf(sessions.length, 'session'),
      ...(waiting === 0 ? [] : [`${waiting} ${plural(waiting, 'needs', 'need')} attention`]),
    ]
    return {
      id: `machine/${id}`,
      label: printable(id),
      description: [state, ...counts].filter((part) => part !== '').join(' · '),
      tooltip: `${printable(machine?.hostname ?? id)}: ${machine?.status ?? 'unknown'}, ${counts.join(', ')}`,
      icon: machine?.status === 'offline' ? 'debug-disconnect' : 'server',
      color: machine?.status === 'offline' ? 'list.errorForeground' : undefined,
      context: 'machine',
      children: sessions.length === 0 ? 'none' : filter === 'workspace' || waiting > 0 ? 'expanded' : 'collapsed',
      machine: id,
    }
  })
}

/** The sessions of one machine, this workspace's first, then those that need someone, then the newest. */
export function sessionRows(options: TreeOptions, machineId: string): TreeRow[] {
  const sessions = shownSessions(options).filter(({ machine_id }) => machine_id === machineId)
  return sessions.sort(bySession(options)).map((session) => sessionRow(session, options, 'collapsed'))
}

/** Every session that needs someone, this workspace's first, and of those the one that has waited longest; then other open alerts. */
export function attentionRows(options: TreeOptions): TreeRow[] {
  const own = (session: FleetSession) => (options.isOwn(session) ? 0 : 1)
  const sessions = options.fleet
    .attention()
    .sort((a, b) => own(a) - own(b) || attentionSince(a).localeCompare(attentionSince(b)))
    .map((session) => attentionRow(session, options))
  return [...sessions, ...sortAlerts(otherAlerts(options.fleet), options).map((alert) => alertRow(alert, options))]
}

/** The open alerts about one session. */
export function alertRows(options: TreeOptions, sessionId: string): TreeRow[] {
  return sortAlerts(options.fleet.alertsOf(sessionId), options).map((alert) => alertRow(alert, options))
}

/** Alerts that no person has acted on, about nothing that is a row for its own need. */
export function unseenAlerts(fleet: Fleet, now: number): FleetAlert[] {
  return otherAlerts(fleet).filter((alert) => isUnseen(alert, now))
}

function otherAlerts(fleet: Fleet): FleetAlert[] {
  return [...fleet.alerts.values()].filter(({ about: { session_id = '' } }) => {
    const session = fleet.sessions.get(session_id)
    return session === undefined || !needsAttention(session)
  })
}

const severities: readonly AlertSeverity[] = ['critical', 'warning', 'info']

/** Those that no person has acted on first, then this workspace's, the worst, the newest. */
function sortAlerts(alerts: readonly FleetAlert[], { isOwnAlert, now }: TreeOptions): FleetAlert[] {
  const rank = (alert: FleetAlert) => (isUnseen(alert, now) ? 0 : 10) + (isOwnAlert(alert) ? 0 : 5) + severities.indexOf(alert.severity)
  return [...alerts].sort((a, b) => rank(a) - rank(b) || b.created_at.localeCompare(a.created_at))
}

const severityColors: Readonly<Record<AlertSeverity, string | undefined>> = {
  critical: 'list.errorForeground',
  warning: 'list.warningForeground',
  info: undefined,
}

function alertRow(alert: FleetAlert, { scopes, now }: TreeOptions): TreeRow {
  const condition = alertConditionOf(alert, now)
  const isNew = isUnseen(alert, now)
  const { acknowledged, snoozed, opened_at, severity } = alert
  const state =
    condition === 'snoozed' && snoozed !== undefined
      ? `Snoozed for another ${formatRoughDuration(Date.parse(snoozed.until) - now)}`
      : condition === 'acknowledged' && acknowledged?.by !== undefined
        ? `Acknowledged by ${printable(acknowledged.by)}`
        : opened_at === undefined
          ? alertConditionNames[condition]
          : `${alertConditionNames[condition]} for ${formatRoughDuration(now - Date.parse(opened_at))}`
  const label = printable(alert.summary)
  return {
    id: `alert/${alert.alert_id}`,
    label,
    description: state,
    tooltip: [label, `Severity ${severity}`, state, ...detail('Note', acknowledged?.note)].join('\n'),
    icon: condition === 'snoozed' ? 'bell-slash' : isNew ? 'bell' : 'check',
    color: isNew ? severityColors[severity] : undefined,
    context: ['alert', ...possibleAlertActions(alert, scopes, now)].join(','),
    children: 'none',
    alert: alert.alert_id,
    ...(alert.about.session_id === undefined ? {} : { session: alert.about.session_id }),
  }
}

function attentionRow(session: FleetSession, options: TreeOptions): TreeRow {
  const { fleet, scopes, now } = options
  const alerts = fleet.alertsOf(session.session_id)
  const row = sessionRow(session, options, 'none')
  if (alerts.length === 0) return row
  const actions = new Set(alerts.flatMap((alert) => possibleAlertActions(alert, scopes, now)))
  return { ...row, children: 'collapsed', context: [row.context, ...actions].join(',') }
}

const taskIcons: Readonly<Record<TaskStatus, { readonly icon: string; readonly color?: string }>> = {
  pending: { icon: 'circle-outline' },
  in_progress: { icon: 'play-circle', color: 'charts.green' },
  blocked: { icon: 'circle-slash', color: 'list.warningForeground' },
  completed: { icon: 'pass' },
  failed: { icon: 'error', color: 'list.errorForeground' },
}

const taskStates: Readonly<Record<TaskStatus, string>> = {
  pending: 'Pending',
  in_progress: 'In progress',
  blocked: 'Blocked',
  completed: 'Completed',
  failed: 'Failed',
}

/** The tasks of a session in the order in which they were created. */
export function taskRows(fleet: Fleet, sessionId: string): TreeRow[] {
  const tasks = [...(fleet.tasks.get(sessionId)?.values() ?? [])].sort((a, b) => a.created_at.localeCompare(b.created_at))
  return tasks.map((task) => ({
    id: `task/${task.task_id}`,
    label: printable(task.task_name),
    description: describeTask(task),
    tooltip: [task.task_name, describeTask(task)].map(printable).join('\n'),
    ...taskIcons[task.status],
    context: 'task',
    children: 'none',
    session: sessionId,
  }))
}

export function describeTask({ status, error_message }: Task): string {
  return error_message === undefined || status !== 'failed' ? taskStates[status] : `${taskStates[status]}: ${printable(error_message)}`
}

function shownSessions({ fleet, filter, isOwn }: TreeOptions): FleetSession[] {
  return [...fleet.sessions.values()].filter((session) => filter === 'all' || isOwn(session))
}

function bySession({ isOwn }: TreeOptions): (a: FleetSession, b: FleetSession) => number {
  const rank = (session: FleetSession) => (isOwn(session) ? 0 : 2) + (needsAttention(session) ? 0 : 1)
  return (a, b) => rank(a) - rank(b) || b.started_at.localeCompare(a.started_at)
}

function groupByMachine(sessions: readonly FleetSession[]): Map<string, FleetSession[]> {
  const groups = new Map<string, FleetSession[]>()
  for (const session of sessions) {
    const group = groups.get(session.machine_id)
    if (group === undefined) groups.set(session.machine_id, [session])
    else group.push(session)
  }
  return groups
}

function sessionRow(session: FleetSession, { fleet, scopes, now }: TreeOptions, children: TreeRow['children']): TreeRow {
  const { session_id, machine_id, docker_slot, project_id, claude_code } = session
  const name = sessionName(session)
  const project = projectName(project_id)
  const duration = stateDuration(session, now)
  const state = duration === undefined ? stateText(session) : `${stateText(session)} for ${duration}`
  const asked = fleet.questions.has(session_id) ? ['asked'] : []
  const place = docker_slot === undefined ? printable(machine_id) : `${printable(machine_id)}, slot ${docker_slot}`
  return {
    id: `session/${session_id}`,
    label: name,
    description: children === 'none' ? `${state} · ${printable(machine_id)}` : name === project ? state : `${state} · ${project}`,
    tooltip: [
      name,
      state,
      `Project ${printable(project_id)}`,
      `On ${place}`,
      ...detail('Branch', claude_code?.branch),
      ...detail('Model', claude_code?.model),
    ].join('\n'),
    ...stateIcons[toSessionState(session)],
    context: ['session', ...possibleActions(session, scopes), ...asked].join(','),
    children,
    machine: machine_id,
    session: session_id,
  }
}

function detail(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name} ${printable(value)}`]
}
