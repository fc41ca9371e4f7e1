import { countOf } from '@signalbox/contract/plural'
import * as vscode from 'vscode'
import { isUnseen } from '../alert-action.ts'
import { findAlertNews, findNews, isStillNeeded, type KnownNeeds, needsOf } from '../attention-news.ts'
import { messageText } from '../editor-text.ts'
import type { FleetAlert, FleetSession } from '../fleet.ts'
import { questionText } from '../question-text.ts'
import { sessionName, stateText } from '../session-text.ts'
import type { Tracker } from '../tracker.ts'

export interface NotifierOptions {
  readonly tracker: Tracker
  readonly isOwn: (session: FleetSession) => boolean
  readonly isOwnAlert: (alert: FleetAlert) => boolean
  readonly isEnabled: () => boolean
}

/** What is asked comes a moment after the wait: the notification has both. */
const SETTLE_MS = 1_200
/** More at once are one notification. */
const MAX_AT_ONCE = 3

interface Action {
  readonly title: string
  readonly command: string
}

/** Notifies when a session of this workspace waits, fails or stalls, and of other alerts about it. What was so before the window opened is in the tree. */
export class Notifier implements vscode.Disposable {
  readonly #options: NotifierOptions
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  /** The needs that were notified of. */
  readonly #notified = new Map<string, string>()
  #known: KnownNeeds | undefined
  #knownAlerts: ReadonlySet<string> | undefined

  constructor(options: NotifierOptions) {
    this.#options = options
  }

  /** Another hub: what it has is not news. */
  reset(): void {
    this.#known = undefined
    this.#knownAlerts = undefined
    this.#notified.clear()
  }

  update(): void {
    const { tracker, isOwn, isOwnAlert, isEnabled } = this.#options
    if (!tracker.isLoaded) return
    const { fleet } = tracker
    const needs = needsOf(fleet)
    const news = findNews(this.#known, fleet).filter(isOwn)
    this.#known = needs
    for (const { session_id } of news) this.#notified.set(session_id, needs.get(session_id) ?? '')
    const alerts = findAlertNews(this.#knownAlerts, fleet, this.#notified, tracker.clock.now()).filter(isOwnAlert)
    this.#knownAlerts = new Set(fleet.alerts.keys())
    if (news.length + alerts.length === 0 || !isEnabled()) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      const sessions = news.filter((session) => isStillNeeded(fleet, session))
      const open = alerts
        .flatMap(({ alert_id }) => fleet.alerts.get(alert_id) ?? [])
        .filter((alert) => isUnseen(alert, tracker.clock.now()))
      this.#notify(sessions, open)
    }, SETTLE_MS)
    this.#timers.add(timer)
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #notify(sessions: readonly FleetSession[], alerts: readonly FleetAlert[]): void {
    if (sessions.length > MAX_AT_ONCE) void this.#notifyOfMany(countOf(sessions.length, 'session'))
    else for (const session of sessions) void this.#notifyOf(session)
    if (alerts.length > MAX_AT_ONCE) void this.#notifyOfMany(countOf(alerts.length, 'alert'))
    else for (const alert of alerts) void this.#notifyOfAlert(alert)
  }

  async #notifyOfMany(count: string): Promise<void> {
    const chosen = await vscode.window.showWarningMessage(`${count} of this workspace need attention.`, 'Show')
    if (chosen !== undefined) await vscode.commands.executeCommand('stateTracking.showPanel')
  }

  async #notifyOf(session: FleetSession): Promise<void> {
    const { tracker } = this.#options
    const question = tracker.fleet.questions.get(session.session_id)
    const state = stateText(session)
    const failed = session.status === 'failed' || (session.status === 'stalled' && session.activity !== 'waiting')
    const info =
      session.status === 'failed' ? await tracker.client?.getSessionFailureInfo(session.session_id).catch(() => undefined) : undefined
    const reason = info === undefined ? '' : `: ${info.failure_reason}`
    const text = `${sessionName(session)}: ${question === undefined ? `${state}${reason}` : questionText(question)}`
    const isAlerted = tracker.fleet.alertsOf(session.session_id).some((alert) => isUnseen(alert, tracker.clock.now()))
    const actions = [
      ...(failed ? actionsOfFailed : question === undefined ? actionsOfWaiting : [answerAction, openAction]),
      ...(isAlerted ? actionsOfAlert : []),
    ]
    const show = session.status === 'failed' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage
    await offer(show, text, actions, { session: session.session_id })
  }

  async #notifyOfAlert({ alert_id, about: { session_id }, severity, summary }: FleetAlert): Promise<void> {
    const show = severity === 'critical' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage
    const open = session_id === undefined ? { ...openAction, command: 'stateTracking.openAlert' } : openAction
    await offer(show, summary, [open, ...actionsOfAlert], { session: session_id, alert: alert_id })
  }
}

async function offer(
  show: (text: string, ...titles: string[]) => Thenable<string | undefined>,
  text: string,
  actions: readonly Action[],
  target: { readonly session: string | undefined; readonly alert?: string },
): Promise<void> {
  const chosen = await show(messageText(text), ...actions.map(({ title }) => title))
  const action = actions.find(({ title }) => title === chosen)
  if (action !== undefined) await vscode.commands.executeCommand(action.command, target)
}

const openAction: Action = { title: 'Open', command: 'stateTracking.showSessionInfo' }
const answerAction: Action = { title: 'Answer', command: 'stateTracking.answer' }
const actionsOfFailed = [{ title: 'Recover', command: 'stateTracking.recoverSession' }, openAction]
const actionsOfWaiting = [openAction, { title: 'Mark as Paused', command: 'stateTracking.pauseSession' }]
const actionsOfAlert = [
  { title: 'Acknowledge', command: 'stateTracking.acknowledgeAlert' },
  { title: 'Snooze', command: 'stateTracking.snoozeAlert' },
]
