import type { FromWebview, ToWebview } from '@signalbox/client/webview-message'
import * as vscode from 'vscode'
import type { Tracker } from '../tracker.ts'
import { WebviewHub } from '../webview-hub.ts'
import { type WebviewScreen, webviewPage } from '../webview-page.ts'

export interface WebviewsOptions {
  readonly tracker: Tracker
  /** The folder of the extension. */
  readonly extension: vscode.Uri
  readonly openPage: (path: string) => void
}

/** The Claude card as a view, and a panel for each session that is looked at: the dashboard's own components. */
export class Webviews implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #options: WebviewsOptions
  readonly #panels = new Map<string, vscode.WebviewPanel>()
  readonly #open = new Set<{ readonly reset: () => void; readonly close: () => void }>()

  constructor(options: WebviewsOptions) {
    this.#options = options
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#fill(view.webview, { kind: 'card' }, () => view.visible, view.onDidChangeVisibility, view.onDidDispose)
  }

  /** A panel that was open when the window was closed. */
  restorePanel(panel: vscode.WebviewPanel, state: unknown): void {
    const sessionId = (state as { sessionId?: unknown } | undefined)?.sessionId
    if (typeof sessionId === 'string') this.#fillPanel(panel, sessionId)
    else panel.dispose()
  }

  showSession(sessionId: string, title: string): void {
    const known = this.#panels.get(sessionId)
    if (known !== undefined) {
      known.reveal()
      return
    }
    const panel = vscode.window.createWebviewPanel('stateTracking.session', title, vscode.ViewColumn.Active, { enableFindWidget: true })
    this.#fillPanel(panel, sessionId)
  }

  /** The hub or its key is another one. */
  reset(): void {
    for (const { reset } of this.#open) reset()
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose()
    // A view is the editor's, and stays.
    for (const { close } of this.#open) close()
  }

  #fillPanel(panel: vscode.WebviewPanel, sessionId: string): void {
    panel.iconPath = vscode.Uri.joinPath(this.#options.extension, 'media', 'icon.png')
    this.#panels.set(sessionId, panel)
    panel.onDidDispose(() => this.#panels.delete(sessionId))
    this.#fill(panel.webview, { kind: 'session', sessionId }, () => panel.visible, panel.onDidChangeViewState, panel.onDidDispose)
  }

  #fill(
    webview: vscode.Webview,
    screen: WebviewScreen,
    isVisible: () => boolean,
    onVisibility: vscode.Event<unknown>,
    onClose: vscode.Event<void>,
  ): void {
    const { extension, tracker, openPage } = this.#options
    const files = vscode.Uri.joinPath(extension, 'webview')
    webview.options = { enableScripts: true, localResourceRoots: [files] }
    let hub: WebviewHub | undefined
    let wasVisible = isVisible()
    const send = (message: ToWebview) => void webview.postMessage(message)
    const open = () => {
      hub?.close()
      const { hub: chosen, followingClient: client } = tracker
      hub = chosen === undefined || client === undefined ? undefined : new WebviewHub({ url: chosen.url, key: chosen.key, client, send })
    }
    const opened = {
      reset: () => {
        open()
        send({ kind: 'reset' })
      },
      close: () => hub?.close(),
    }
    // A page cannot see by itself whether someone looks at the window: focus is mostly in another part of it.
    const sendFocus = () => send({ kind: 'window', isFocused: vscode.window.state.focused })
    const subscriptions = [
      vscode.window.onDidChangeWindowState(sendFocus),
      webview.onDidReceiveMessage((message: FromWebview) => {
        if (message.kind === 'follow') sendFocus()
        if (message.kind === 'navigate') openPage(message.path)
        else if (hub !== undefined) hub.receive(message)
        else if (message.kind === 'request') send({ kind: 'failed', id: message.id, message: 'No hub is connected' })
      }),
      // The page of a hidden webview is gone: nothing may go on for it. A panel that is only moved or focused keeps its page.
      onVisibility(() => {
        if (isVisible() === wasVisible) return
        wasVisible = isVisible()
        if (wasVisible) open()
        else hub?.close()
      }),
    ]
    this.#open.add(opened)
    onClose(() => {
      this.#open.delete(opened)
      opened.close()
      for (const one of subscriptions) one.dispose()
    })
    open()
    const uri = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(files, name)).toString()
    webview.html = webviewPage({
      screen,
      source: webview.cspSource,
      scripts: [uri('assets/first.js'), uri('assets/page.js')],
      style: uri('assets/page.css'),
      language: vscode.env.language,
    })
  }
}
