import fs from 'node:fs'
import path from 'node:path'
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core'
import { type Child, run, startNode } from '../support/child.ts'
import { freePort } from '../support/free-port.ts'
import { ProcessInspector } from '../support/process-inspector.ts'
import { descendantsOf } from '../support/process-tree.ts'

/** The editor starts slowly on a busy machine. */
export const EDITOR_TIMEOUT_MS = 300_000

export const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' } as const

export interface EditorOptions {
  /** Of code-server. */
  readonly program: string
  /** For settings, extensions and data. */
  readonly home: string
  /** What the window opens. */
  readonly folder: string
  /** Undefined: the editor alone. */
  readonly vsix: string | undefined
  readonly theme: keyof typeof themes
  readonly settings?: Record<string, unknown>
  readonly env?: Record<string, string>
}

interface Server {
  readonly child: Child
  readonly url: string
  readonly context: BrowserContext
  /** Of every extension host that is inspected, one at a time. */
  readonly inspectPort: number
}

/** VS Code in a browser, with the extension installed, and what a person does in it. */
export class Editor {
  readonly #server: Server
  readonly page: Page
  /** Of the extension host: each window has one. */
  readonly hostPid: number
  readonly #isFirst: boolean

  private constructor(server: Server, page: Page, hostPid: number, isFirst: boolean) {
    this.#server = server
    this.page = page
    this.hostPid = hostPid
    this.#isFirst = isFirst
  }

  static async open(browser: Browser, options: EditorOptions): Promise<Editor> {
    const { program, home, folder, vsix, theme, settings, env } = options
    const data = path.join(home, 'data')
    fs.mkdirSync(path.join(data, 'User'), { recursive: true })
    const quiet = { 'workbench.startupEditor': 'none', 'security.workspace.trust.enabled': false, 'chat.disableAIFeatures': true }
    const own = {
      'workbench.colorTheme': themes[theme],
      'extensions.autoCheckUpdates': false,
      'remote.autoForwardPorts': false,
      'telemetry.telemetryLevel': 'off',
    }
    fs.writeFileSync(path.join(data, 'User/settings.json'), JSON.stringify({ ...quiet, ...own, ...settings }))
    const folders = ['--user-data-dir', data, '--extensions-dir', path.join(home, 'extensions')]
    // No registry of extensions is asked.
    const environment = { ...env, HOME: home, XDG_CONFIG_HOME: home, EXTENSIONS_GALLERY: '{"serviceUrl":"http://127.0.0.1:9"}' }
    if (vsix !== undefined) {
      const installed = await run(process.execPath, [program, ...folders, '--install-extension', vsix], { env: environment })
      if (installed.code !== 0 || !installed.stdout.includes('successfully installed'))
        throw new Error(`${installed.stdout}${installed.stderr}`)
    }
    const port = await freePort()
    const inspectPort = await freePort()
    const flags = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check']
    const child = startNode([`--inspect-port=${inspectPort}`, program, ...flags, ...folders, folder], { env: environment })
    const url = `http://127.0.0.1:${port}`
    await untilAnswers(`${url}/healthz`, child)
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 } })
    return Editor.#openWindow({ child, url, context, inspectPort }, `folder=${encodeURIComponent(folder)}`, true)
  }

  static async #openWindow(server: Server, query: string, isFirst: boolean): Promise<Editor> {
    const known = hostsOf(server.child)
    const page = await server.context.newPage()
    page.setDefaultTimeout(EDITOR_TIMEOUT_MS)
    await page.goto(`${server.url}/?${query}`, { waitUntil: 'commit', timeout: EDITOR_TIMEOUT_MS })
    const deadline = Date.now() + EDITOR_TIMEOUT_MS
    for (;;) {
      const hostPid = hostsOf(server.child).find((pid) => !known.includes(pid))
      if (hostPid !== undefined) return new Editor(server, page, hostPid, isFirst)
      if (Date.now() > deadline) throw new Error('The window has no extension host')
      await page.waitForTimeout(200)
    }
  }

  /** Another window of the same editor, on a folder or on a file of a workspace. */
  openWindow(place: { readonly folder: string } | { readonly workspace: string }): Promise<Editor> {
    const [[name, value] = ['', '']] = Object.entries(place)
    return Editor.#openWindow(this.#server, `${name}=${encodeURIComponent(value)}`, false)
  }

  /** Runs with the inspector of its extension host. */
  async inspect<T>(use: (inspector: ProcessInspector) => Promise<T>): Promise<T> {
    const inspector = await ProcessInspector.open(this.hostPid, this.#server.inspectPort)
    try {
      return await use(inspector)
    } finally {
      inspector.close()
    }
  }

  /** Its item of the status bar. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id^="signalbox.signalbox"]')
  }

  /** The icon in front, such as `pulse`. */
  async statusIcon(): Promise<string> {
    return (await this.status.locator('.codicon').first().getAttribute('class')) ?? ''
  }

  rows(view: 'Attention' | 'Machines'): Locator {
    return this.page.locator('.pane', { has: this.page.locator(`.pane-header[aria-label^="${view}"]`) }).locator('.monaco-list-row')
  }

  get toasts(): Locator {
    return this.page.locator('.notifications-toasts .notification-toast')
  }

  async command(name: string): Promise<void> {
    await this.page.keyboard.press('F1')
    await this.page.locator('.quick-input-widget input').first().fill(`>${name}`)
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click()
  }

  /** Fills the box that a command has opened. */
  async enter(text: string): Promise<void> {
    const box = this.page.locator('.quick-input-widget:visible .quick-input-box input')
    await box.fill(text)
    await box.press('Enter')
  }

  /** The page of the only webview whose text matches. */
  async webview(text: string | RegExp): Promise<FrameLocator> {
    const deadline = Date.now() + EDITOR_TIMEOUT_MS
    while (Date.now() < deadline) {
      for (const frame of await this.page.locator('iframe.webview').all()) {
        const inner = frame.contentFrame().locator('iframe#active-frame').contentFrame()
        const shown = await inner
          .locator('#root')
          .innerText({ timeout: 500 })
          .catch(() => '')
        if (typeof text === 'string' ? shown.includes(text) : text.test(shown)) return inner
      }
      await this.page.waitForTimeout(250)
    }
    throw new Error(`No webview shows ${text}`)
  }

  /** Closes the window; the first one is the editor itself. */
  async close(): Promise<void> {
    if (!this.#isFirst) return this.page.close()
    await this.#server.context.close()
    await this.#server.child.stop()
  }
}

function hostsOf(server: Child): number[] {
  return descendantsOf(server.process.pid ?? 0).filter((pid) => commandOf(pid).includes('--type=extensionHost'))
}

function commandOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

async function untilAnswers(url: string, child: Child): Promise<void> {
  const deadline = Date.now() + EDITOR_TIMEOUT_MS
  while (Date.now() < deadline) {
    try {
      if ((await fetch(url)).ok) return
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${url} does not answer: ${child.output()}`)
}
