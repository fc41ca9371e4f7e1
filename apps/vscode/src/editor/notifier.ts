import { printable } from '@signalbox/contract/printable'
import * as vscode from 'vscode'
import { findNews, isStillNeeded, type KnownNeeds, needsOf } from '../attention-news.ts'
import type { FleetSession } from '../fleet.ts'
import { questionText } from '../question-text.ts'
import { sessionName, stateText } from '../session-text.ts'
import type { Tracker } from '../tracker.ts'

export interface NotifierOptions {
  readonly tracker: Tracker
  readonly isOwn: (session: FleetSession) => boolean
  readonly isEnabled: () => boolean
}

/** What is asked comes a moment after the wait: the notification has both. */
const SETTLE_MS = 1_200
/** More at once are one notification. */
const MAX_AT_ONCE = 3

/** Notifies when a session of this workspace waits, fails or stalls. What was so before the window opened is in the tree. */
export class Notifier implements vscode.Disposable {
  readonly #options: NotifierOptions
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  #known: KnownNeeds | undefined

  constructor(options: NotifierOptions) {
    this.#options = options
  }

  /** Another hub: what it has is not news. */
  reset(): void {
    this.#known = undefined
  }

  update(): void {
    const { tracker, isOwn, isEnabled } = this.#options
    if (!tracker.isLoaded) return
    const news = findNews(this.#known, tracker.fleet).filter(isOwn)
    this.#known = needsOf(tracker.fleet)
    if (news.length === 0 || !isEnabled()) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#notify(news.filter((session) => isStillNeeded(tracker.fleet, session)))
    }, SETTLE_MS)
    this.#timers.add(timer)
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #notify(news: readonly FleetSession[]): void {
    if (news.length > MAX_AT_ONCE) return void this.#notifyOfMany(news.length)
    for (const session of news) void this.#notifyOf(session)
  }

  async #notifyOfMany(count: number): Promise<void> {
    const chosen = await vscode.window.showWarningMessage(`${count} sessions of this workspace need attention.`, 'Show')
    if (chosen !== undefined) await vscode.commands.executeCommand('stateTracking.showPanel')
  }

  async #notifyOf(session: FleetSession): Promise<void> {
    const { tracker } = this.#options
    const question = tracker.fleet.questions.get(session.session_id)
    const state = stateText(session)
    const failed = session.status === 'failed' || (session.status === 'stalled' && session.activity !== 'waiting')
    const info =
      session.status === 'failed' ? await tracker.client?.getSessionFailureInfo(session.session_id).catch(() => undefined) : undefined
    const reason = info === undefined ? '' : `: ${printable(info.failure_reason)}`
    const text = `${sessionName(session)}: ${question === undefined ? `${state}${reason}` : questionText(question)}`
    const actions = failed ? actionsOfFailed : question === undefined ? actionsOfWaiting : [answerAction, openAction]
    const show = session.status === 'failed' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage
    const chosen = await show(text, ...actions.map(({ title }) => title))
    const action = actions.find(({ title }) => title === chosen)
    if (action !== undefined) await vscode.commands.executeCommand(action.command, { session: session.session_id })
  }
}

const openAction = { title: 'Open', command: 'stateTracking.showSessionInfo' }
const answerAction = { title: 'Answer', command: 'stateTracking.answer' }
const actionsOfFailed = [{ title: 'Recover', command: 'stateTracking.recoverSession' }, openAction]
const actionsOfWaiting = [openAction, { title: 'Mark as Paused', command: 'stateTracking.pauseSession' }]
