import './web-crypto.ts'
import * as vscode from 'vscode'
import { registerCommands } from './editor/commands.ts'
import { openDashboard } from './editor/connect.ts'
import { Keys } from './editor/keys.ts'
import { Notifier } from './editor/notifier.ts'
import { onSettings, readFolders, readSettings } from './editor/settings.ts'
import { StatusBar } from './editor/status-bar.ts'
import { Tree } from './editor/tree.ts'
import { Webviews } from './editor/webviews.ts'
import { WindowSession } from './editor/window-session.ts'
import { attentionSince, type FleetSession } from './fleet.ts'
import { sessionName } from './session-text.ts'
import { Tracker } from './tracker.ts'
import { attentionRows, machineRows, sessionRows, type TreeFilter, type TreeRow, taskRows } from './tree-model.ts'
import { isOfWorkspace } from './workspace.ts'

/** Events that come together are one change of the screen. */
const GATHER_MS = 250
/** Durations on the screen are in minutes. */
const TICK_MS = 60_000
const FILTER = 'stateTracking.filter'

let windowSession: WindowSession | undefined

export function activate(context: vscode.ExtensionContext): void {
  let folders = readFolders()
  let filter: TreeFilter = context.workspaceState.get<TreeFilter>(FILTER) ?? (folders.length === 0 ? 'all' : 'workspace')
  const isOwn = ({ project_id }: FleetSession) => isOfWorkspace(project_id, folders)
  const keys = new Keys(context.secrets)
  const setContext = (name: string, value: unknown) => void vscode.commands.executeCommand('setContext', `stateTracking.${name}`, value)

  const tracker: Tracker = new Tracker({
    env: process.env,
    settings: readSettings,
    keyOf: keys.of,
    onChange: () => changes.request(),
    onHub() {
      notifier.reset()
      webviews.reset()
      windowSession?.update()
    },
  })
  const tree = () => ({ fleet: tracker.fleet, filter, isOwn, scopes: tracker.scopes, now: Date.now() })
  const machines = new Tree('stateTracking.machines', { roots: () => machineRows(tree()), children: childrenOf })
  const attention = new Tree('stateTracking.attention', { roots: () => attentionRows(tree()), children: () => [] })
  const statusBar = new StatusBar()
  const notifier = new Notifier({ tracker, isOwn, isEnabled: () => readSettings().notifications })
  const openPage = (path: string) => {
    const id = /^\/sessions\/([^/?#]+)$/.exec(path)?.[1]
    if (id === undefined) void openDashboard(tracker, `/app${path === '/' ? '' : path}`)
    else void vscode.commands.executeCommand('stateTracking.showSessionInfo', { session: decodeURIComponent(id) })
  }
  const webviews = new Webviews({ tracker, extension: context.extensionUri, openPage })
  windowSession = new WindowSession({ tracker, folders: () => folders, isEnabled: () => readSettings().registerSession })

  async function childrenOf(row: TreeRow): Promise<TreeRow[]> {
    if (row.context === 'machine') return sessionRows(tree(), row.machine ?? '')
    const id = row.session ?? ''
    if (!tracker.fleet.tasks.has(id)) await tracker.loadTasks(id).catch(() => {})
    return taskRows(tracker.fleet, id)
  }

  let shownStatus: string | undefined
  function show(): void {
    const needing = tracker.fleet
      .attention()
      .sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)) || attentionSince(a).localeCompare(attentionSince(b)))
    const waiting = needing.filter(({ activity, status }) => activity === 'waiting' && status !== 'failed').map(sessionName)
    const { status, hub, limits, lostAt } = tracker
    statusBar.show({ status, url: hub?.url, limits, waiting, now: Date.now(), lostAt })
    if (status !== shownStatus) setContext('status', status)
    shownStatus = status
    attention.view.badge = needing.length === 0 ? undefined : { value: needing.length, tooltip: `${needing.length} need attention` }
    machines.view.description = status === 'offline' ? 'the hub does not respond' : ''
    machines.refresh()
    attention.refresh()
    notifier.update()
  }

  const changes = gather(show)
  const clock = new Ticker(() => {
    tracker.fleet.expire(Date.now())
    show()
  })
  function follow({ focused }: vscode.WindowState): void {
    tracker.setHidden(!focused)
    clock.run(focused)
  }

  setContext('filter', filter)
  context.subscriptions.push(
    machines,
    attention,
    statusBar,
    notifier,
    webviews,
    changes,
    clock,
    machines.view.onDidChangeVisibility(() => machines.refresh()),
    attention.view.onDidChangeVisibility(() => attention.refresh()),
    vscode.window.onDidChangeWindowState(follow),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      folders = readFolders()
      windowSession?.update()
      show()
    }),
    onSettings(() => {
      folders = readFolders()
      void tracker.connect().then(() => windowSession?.update())
    }),
    keys.onChange(() => void tracker.connect()),
    { dispose: () => tracker.stop() },
    ...registerCommands({
      tracker,
      keys,
      webviews,
      isOwn,
      setFilter(next) {
        filter = next
        void context.workspaceState.update(FILTER, next)
        setContext('filter', next)
        show()
      },
    }),
  )
  // Nothing of the hub delays the start of the editor.
  setImmediate(() => {
    follow(vscode.window.state)
    void tracker.connect()
  })
}

export async function deactivate(): Promise<void> {
  await windowSession?.stop()
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
