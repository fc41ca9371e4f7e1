import { ApiClientError, type StateTrackingApiClient } from '@signalbox/client'
import { needsAttention, toSessionState } from '@signalbox/client/session-state'
import { formatDuration } from '@signalbox/contract/duration-text'
import { countOf, plural } from '@signalbox/contract/plural'
import { printable } from '@signalbox/contract/printable'
import * as vscode from 'vscode'
import type { AlertAction } from '../alert-action.ts'
import { labelText, messageText } from '../editor-text.ts'
import { attentionSince, type FleetSession } from '../fleet.ts'
import { doneTexts, possibleActions, runAction, type SessionAction } from '../session-action.ts'
import { projectName, sessionName, stateDuration, stateIcons, stateText } from '../session-text.ts'
import type { Tracker } from '../tracker.ts'
import { taskRows } from '../tree-model.ts'
import { type AlertTarget, openAlert, runAlertAction } from './alert-commands.ts'
import { askForAnswer } from './answer.ts'
import { connectToHub, openDashboard, setApiKey } from './connect.ts'
import type { Keys } from './keys.ts'
import type { Webviews } from './webviews.ts'

export interface CommandOptions {
  readonly tracker: Tracker
  readonly keys: Keys
  readonly webviews: Webviews
  readonly isOwn: (session: FleetSession) => boolean
  readonly setFilter: (filter: 'workspace' | 'all') => void
}

/** A row of a tree, or what a notification hands over. */
type Target = AlertTarget

/** Runs a command of the extension; what goes wrong is a message. */
export async function runCommand(options: CommandOptions, name: string, target: Target | undefined): Promise<void> {
  try {
    await commandsOf(options)[name]?.(target)
  } catch (error) {
    void vscode.window.showErrorMessage(messageText(describeError(error)))
  }
}

/** Every command of the extension, by its name. */
function commandsOf(options: CommandOptions): Readonly<Record<string, (target?: Target) => unknown>> {
  const { tracker, webviews, setFilter } = options
  const actOnAlert = (action: AlertAction) => (target?: Target) => runAlertAction(tracker, action, target)
  const act = (action: SessionAction) => (target?: Target) =>
    withSession(options, action, target, (session, client) => apply(client, action, session))
  const commands: Record<string, (target?: Target) => unknown> = {
    connect: () => connectToHub(options),
    setApiKey: () => setApiKey(options),
    openDashboard: () => openDashboard(tracker, '/app'),
    showPanel: () => vscode.commands.executeCommand('workbench.view.extension.stateTracking'),
    refresh: () => tracker.reload(),
    showAll: () => setFilter('all'),
    showWorkspace: () => setFilter('workspace'),
    checkHealth: (target) => checkHealth(options, target),
    showSessionInfo: (target) =>
      withSession(options, undefined, target, (session) => webviews.showSession(session.session_id, sessionName(session))),
    showTaskProgress: (target) => withSession(options, undefined, target, (session) => showTasks(options, session)),
    answer: (target) =>
      withSession(options, 'answer', target, (session, client) => askForAnswer(tracker.fleet, client, session.session_id)),
    recoverSession: act('recover'),
    pauseSession: act('pause'),
    resumeSession: act('resume'),
    completeSession: act('complete'),
    failSession: act('fail'),
    acknowledgeAlert: actOnAlert('acknowledge'),
    undoAcknowledgement: actOnAlert('undoAcknowledgement'),
    snoozeAlert: actOnAlert('snooze'),
    endSnooze: actOnAlert('endSnooze'),
    openAlert: (target) => openAlert(tracker, target),
  }
  return commands
}

export function describeError(error: unknown): string {
  if (!(error instanceof ApiClientError)) return error instanceof Error ? error.message : String(error)
  return printable([error.message, error.suggestion ?? ''].join(' ').trim())
}

async function apply(client: StateTrackingApiClient, action: SessionAction, session: FleetSession): Promise<void> {
  if (action === 'fail' || action === 'complete') {
    const title = action === 'fail' ? 'Mark as Failed' : 'Mark as Completed'
    const detail = 'Its slot is released, and its tasks in progress fail. The process itself is not ended.'
    const chosen = await vscode.window.showWarningMessage(`${title}: ${sessionName(session)}?`, { modal: true, detail }, title)
    if (chosen !== title) return
  }
  await runAction(client, action, session)
  void vscode.window.setStatusBarMessage(`$(check) ${labelText(sessionName(session))} ${doneTexts[action]}.`, 5_000)
}

/** Runs with the session of the row, or with one that is chosen. */
async function withSession(
  options: CommandOptions,
  purpose: SessionAction | 'answer' | undefined,
  target: Target | undefined,
  run: (session: FleetSession, client: StateTrackingApiClient) => unknown,
): Promise<void> {
  const { tracker } = options
  const client = tracker.client
  if (client === undefined || tracker.status === 'unconfigured') return void (await connectToHub(options))
  const session = target?.session === undefined ? await chooseSession(options, purpose) : await findSession(tracker, client, target.session)
  if (session !== undefined) await run(session, client)
}

/** A session that ended long ago is in no tree. */
async function findSession(tracker: Tracker, client: StateTrackingApiClient, id: string): Promise<FleetSession> {
  return tracker.fleet.sessions.get(id) ?? (await client.getSession(id))
}

async function chooseSession(
  { tracker, isOwn }: CommandOptions,
  purpose: SessionAction | 'answer' | undefined,
): Promise<FleetSession | undefined> {
  const { fleet, scopes } = tracker
  const fits = (session: FleetSession) =>
    purpose === undefined ||
    (purpose === 'answer' ? fleet.questions.has(session.session_id) : possibleActions(session, scopes).includes(purpose))
  const rank = (session: FleetSession) => (isOwn(session) ? 0 : 2) + (needsAttention(session) ? 0 : 1)
  const sessions = [...fleet.sessions.values()]
    .filter(fits)
    .sort((a, b) => rank(a) - rank(b) || attentionSince(b).localeCompare(attentionSince(a)))
  if (sessions.length === 0) {
    void vscode.window.showInformationMessage(purpose === undefined ? 'No session runs.' : 'There is no session for that now.')
    return undefined
  }
  const now = tracker.clock.now()
  const items = sessions.map((session) => ({
    label: `$(${stateIcons[toSessionState(session)].icon}) ${labelText(sessionName(session))}`,
    description: [stateText(session), stateDuration(session, now) ?? ''].filter((part) => part !== '').join(' for '),
    detail: labelText(`${projectName(session.project_id)} on ${session.machine_id}`),
    session,
  }))
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Which session?', matchOnDescription: true, matchOnDetail: true }))
    ?.session
}

async function showTasks({ tracker, webviews }: CommandOptions, session: FleetSession): Promise<void> {
  await tracker.loadTasks(session.session_id)
  const rows = taskRows(tracker.fleet, session.session_id)
  const tasks = [...(tracker.fleet.tasks.get(session.session_id)?.values() ?? [])]
  const completed = tasks.filter(({ status }) => status === 'completed').length
  const title = `${sessionName(session)}: ${completed} of ${countOf(tasks.length, 'task')} completed`
  if (rows.length === 0) return void vscode.window.showInformationMessage(messageText(`${sessionName(session)} has no tasks.`))
  const items = rows.map(({ icon, label, description }) => ({
    label: `$(${icon}) ${labelText(label)}`,
    description: labelText(description),
  }))
  if ((await vscode.window.showQuickPick(items, { title, placeHolder: 'Choose one to open the session' })) !== undefined)
    webviews.showSession(session.session_id, sessionName(session))
}

async function checkHealth({ tracker, keys }: CommandOptions, target: Target | undefined): Promise<void> {
  const { hub, client } = tracker
  if (hub === undefined || client === undefined)
    return void vscode.window
      .showWarningMessage(messageText(tracker.problem ?? 'No hub is connected.'), 'Connect')
      .then((chosen) => chosen && vscode.commands.executeCommand('stateTracking.connect'))
  if (target?.session !== undefined) return showHealthOf(client, await findSession(tracker, client, target.session))
  const { version, status, database, uptime, message } = await client.checkHealth()
  const who = await client.whoAmI().catch((error: unknown) => describeError(error))
  const entered = (await keys.of(hub.url)) !== undefined
  const scopes =
    typeof who === 'string' ? who : `${who.name ?? 'no key is needed'} may ${who.scopes.join(', ')}${entered ? ', entered here' : ''}`
  const waiting = tracker.fleet.attention().length
  const detail = [
    `Hub ${hub.url}, ${hub.from}`,
    `Version ${version}, up for ${formatDuration(uptime * 1000)}, database ${database}`,
    `Key: ${scopes}`,
    `${countOf(tracker.fleet.sessions.size, 'session')}, ${waiting} ${plural(waiting, 'needs', 'need')} attention`,
    ...(message === undefined ? [] : [message]),
  ].join('\n')
  const title = status === 'ok' && typeof who !== 'string' ? 'Signalbox is healthy.' : 'Signalbox is not healthy.'
  await vscode.window.showInformationMessage(title, { modal: true, detail })
}

async function showHealthOf(client: StateTrackingApiClient, session: FleetSession): Promise<void> {
  const { is_stale, time_since_heartbeat, recommendations } = await client.getSessionHealth(session.session_id)
  const detail = [
    `${stateText(session)}; last seen ${formatDuration(time_since_heartbeat * 1000)} ago`,
    ...recommendations.map((text) => printable(text)),
  ].join('\n')
  await vscode.window.showInformationMessage(`${sessionName(session)}: ${is_stale ? 'stale' : 'healthy'}`, { modal: true, detail })
}
