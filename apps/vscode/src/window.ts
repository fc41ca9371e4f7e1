import './web-crypto.ts'
import { plural } from '@signalbox/contract/plural'
import * as vscode from 'vscode'
import { Keys } from './editor/keys.ts'
import { Notifier } from './editor/notifier.ts'
import { onSettings, readFolders, readSettings } from './editor/settings.ts'
import { StatusBar } from './editor/status-bar.ts'
import type { Tree } from './editor/tree.ts'
import type { Webviews } from './editor/webviews.ts'
import type { WindowSession } from './editor/window-session.ts'
import { attentionSince, type FleetAlert, type FleetSession } from './fleet.ts'
import { sessionName } from './session-text.ts'
import { Tracker } from './tracker.ts'
import {
  alertRows,
  attentionRows,
  machineRows,
  sessionRows,
  type TreeFilter,
  type TreeOptions,
  type TreeRow,
  taskRows,
  unseenAlerts,
} from './tree-model.ts'
import { isOfWorkspace, type WorkspaceFolder } from './workspace.ts'

/** Events that come together are one change of the screen. */
const GATHER_MS = 250
/** Durations on the screen are in minutes. */
const TICK_MS = 60_000
const FILTER = 'stateTracking.filter'

export interface EditorWindowOptions {
  readonly context: vscode.ExtensionContext
  readonly machines: Tree
  readonly attention: Tree
}

/** What the extension knows and shows in one window of the editor. */
export class EditorWindow {
  readonly #context: vscode.ExtensionContext
  readonly #machines: Tree
  readonly #attention: Tree
  readonly #keys: Keys
  readonly #tracker: Tracker
  readonly #statusBar = new StatusBar()
  readonly #notifier: Notifier
  readonly #changes = gather(() => this.#show())
  readonly #clock = new Ticker(() => {
    this.#tracker.fleet.expire(this.#tracker.clock.now())
    this.#show()
  })
  #folders: readonly WorkspaceFolder[] = readFolders()
  /** Trees are sorted by it, thousands of times with the same projects. */
  #ownProjects = new Map<string, boolean>()
  #filter: TreeFilter
  #shownStatus: string | undefined
  #webviews: Promise<Webviews> | undefined
  #windowSession: Promise<WindowSession> | undefined

  constructor({ context, machines, attention }: EditorWindowOptions) {
    this.#context = context
    this.#machines = machines
    this.#attention = attention
    this.#filter = context.workspaceState.get<TreeFilter>(FILTER) ?? (this.#folders.length === 0 ? 'all' : 'workspace')
    this.#keys = new Keys(context.secrets)
    this.#tracker = new Tracker({
      env: process.env,
      settings: readSettings,
      keyOf: this.#keys.of,
      isOwn: (session) => this.#isOwn(session),
      onChange: () => this.#changes.request(),
      onHub: () => {
        this.#notifier.reset()
        void this.#webviews?.then((webviews) => webviews.reset())
        void this.#updateSession()
      },
    })
    this.#notifier = new Notifier({
      tracker: this.#tracker,
      isOwn: this.#isOwn,
      isOwnAlert: this.#isOwnAlert,
      isEnabled: () => readSettings().notifications,
    })
    setContext('filter', this.#filter)
    const { onDidChangeWindowState } = vscode.window
    context.subscriptions.push(
      this.#statusBar,
      this.#notifier,
      this.#changes,
      this.#clock,
      machines.view.onDidChangeVisibility(() => machines.refresh()),
      attention.view.onDidChangeVisibility(() => attention.refresh()),
      onDidChangeWindowState((state) => this.#follow(state)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.#folders = readFolders()
        this.#ownProjects.clear()
        void this.#updateSession()
        this.#show()
      }),
      onSettings(() => {
        this.#folders = readFolders()
        this.#ownProjects.clear()
        void this.#tracker.connect().then(() => this.#updateSession())
      }),
      this.#keys.onChange(() => void this.#tracker.connect()),
      { dispose: () => this.#tracker.stop() },
    )
  }

  start(): void {
    this.#follow(vscode.window.state)
    void this.#tracker.connect()
  }

  async stop(): Promise<void> {
    await (await this.#windowSession)?.stop()
  }

  machineRows(): TreeRow[] {
    return machineRows(this.#tree())
  }

  attentionRows(): TreeRow[] {
    return attentionRows(this.#tree())
  }

  alertRowsOf(row: TreeRow): TreeRow[] {
    return alertRows(this.#tree(), row.session ?? '')
  }

  async childrenOf(row: TreeRow): Promise<TreeRow[]> {
    if (row.context === 'machine') return sessionRows(this.#tree(), row.machine ?? '')
    const id = row.session ?? ''
    if (!this.#tracker.fleet.tasks.has(id)) await this.#tracker.loadTasks(id).catch(() => {})
    return taskRows(this.#tracker.fleet, id)
  }

  async run(command: string, target?: { readonly session?: string; readonly alert?: string }): Promise<void> {
    const [{ runCommand }, webviews] = await Promise.all([import('./editor/commands.ts'), this.webviews()])
    const options = { tracker: this.#tracker, keys: this.#keys, webviews, isOwn: this.#isOwn, setFilter: this.#setFilter }
    await runCommand(options, command, target)
  }

  webviews(): Promise<Webviews> {
    this.#webviews ??= import('./editor/webviews.ts').then(({ Webviews }) => {
      const webviews = new Webviews({ tracker: this.#tracker, extension: this.#context.extensionUri, openPage: this.#openPage })
      this.#context.subscriptions.push(webviews)
      return webviews
    })
    return this.#webviews
  }

  readonly #isOwn = ({ project_id }: Pick<FleetSession, 'project_id'>): boolean => {
    let isOwn = this.#ownProjects.get(project_id)
    if (isOwn === undefined) {
      isOwn = isOfWorkspace(project_id, this.#folders)
      this.#ownProjects.set(project_id, isOwn)
    }
    return isOwn
  }

  readonly #isOwnAlert = ({ about: { session_id = '', project_id } }: FleetAlert): boolean => {
    const session = this.#tracker.fleet.sessions.get(session_id)
    if (session !== undefined) return this.#isOwn(session)
    return project_id !== undefined && this.#isOwn({ project_id })
  }

  #tree(): TreeOptions {
    const { fleet, scopes } = this.#tracker
    return { fleet, filter: this.#filter, isOwn: this.#isOwn, isOwnAlert: this.#isOwnAlert, scopes, now: this.#tracker.clock.now() }
  }

  #show(): void {
    const { status, hub, limits, lostAt, fleet, problem } = this.#tracker
    const needing = fleet
      .attention()
      .sort((a, b) => Number(this.#isOwn(b)) - Number(this.#isOwn(a)) || attentionSince(a).localeCompare(attentionSince(b)))
    const waiting = needing.filter(({ activity, status }) => activity === 'waiting' && status !== 'failed').map(sessionName)
    this.#statusBar.show({ status, url: hub?.url, limits, waiting, now: this.#tracker.clock.now(), lostAt, problem })
    if (status !== this.#shownStatus) setContext('status', status)
    this.#shownStatus = status
    const count = needing.length + unseenAlerts(fleet, this.#tracker.clock.now()).length
    this.#attention.setBadge(count === 0 ? undefined : { value: count, tooltip: `${count} ${plural(count, 'needs', 'need')} attention` })
    this.#machines.setDescription(status === 'offline' ? 'the hub does not respond' : '')
    this.#machines.refresh()
    this.#attention.refresh()
    this.#notifier.update()
  }

  #follow({ focused }: vscode.WindowState): void {
    this.#tracker.setHidden(!focused)
    this.#clock.run(focused)
  }

  async #updateSession(): Promise<void> {
    if (this.#windowSession === undefined && !readSettings().registerSession) return
    this.#windowSession ??= import('./editor/window-session.ts').then(
      ({ WindowSession }) =>
        new WindowSession({ tracker: this.#tracker, folders: () => this.#folders, isEnabled: () => readSettings().registerSession }),
    )
    ;(await this.#windowSession).update()
  }

  readonly #openPage = (path: string): void => {
    const id = /^\/sessions\/([^/?#]+)$/.exec(path)?.[1]
    if (id !== undefined) void vscode.commands.executeCommand('stateTracking.showSessionInfo', { session: decodeURIComponent(id) })
    else void import('./editor/connect.ts').then(({ openDashboard }) => openDashboard(this.#tracker, `/app${path === '/' ? '' : path}`))
  }

  readonly #setFilter = (next: TreeFilter): void => {
    this.#filter = next
    void this.#context.workspaceState.update(FILTER, next)
    setContext('filter', next)
    this.#show()
  }
}

function setContext(name: string, value: unknown): void {
  void vscode.commands.executeCommand('setContext', `stateTracking.${name}`, value)
}

/** Runs a moment after it was asked to, once for all that asked meanwhile. */
function gather(run: () => void): vscode.Disposable & { readonly request: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    request() {
      timer ??= setTimeout(() => {
        timer = undefined
        run()
      }, GATHER_MS)
    },
    dispose: () => clearTimeout(timer),
  }
}

/** Renews what shows durations, while someone looks at the window. */
class Ticker implements vscode.Disposable {
  readonly #run: () => void
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(run: () => void) {
    this.#run = run
  }

  run(isRunning: boolean): void {
    if (isRunning === (this.#timer !== undefined)) return
    clearInterval(this.#timer)
    this.#timer = isRunning ? setInterval(this.#run, TICK_MS) : undefined
    if (isRunning) this.#run()
  }

  dispose(): void {
    clearInterval(this.#timer)
  }
}
