import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { type Child, run, start } from '../support/child.ts'
import { type MessagesApi, startMessagesApi } from '../support/messages-api.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import type { Client } from './client.ts'
import { ClientTerminal, type TerminalOptions } from './client-terminal.ts'
import { endMarked, MARK_NAME } from './marked-process.ts'
import { type ProcessFile, readProcessFiles } from './process-file.ts'

const API_KEY = 'sk-ant-dummy-for-tests'

export interface HomeOptions {
  /** A stand-in that several homes share; its owner stops it. By default the home starts its own. */
  readonly api?: MessagesApi
  /** Added to `settings.json`, such as hooks or a status line. */
  readonly settings?: object
  /** Added to the environment of every client; undefined removes a name. */
  readonly env?: Record<string, string | undefined>
  /** A plan of Claude instead of an API key: answers with `limits` then carry the plan's windows. */
  readonly plan?: boolean
}

/** A home folder in which real clients run: no first-run dialogs, no network, nothing of the user's. */
export interface ClientHome {
  readonly folder: string
  /** `~/.claude`, what CLAUDE_CONFIG_DIR would name. */
  readonly config: string
  readonly api: MessagesApi
  /** The whole environment of a client; nothing is inherited from the test. */
  readonly env: Record<string, string>
  /** Creates a trusted folder with a Git branch, in which clients run. */
  project(name?: string, branch?: string): Promise<string>
  /** Merges into `settings.json`, first level only. */
  changeSettings(change: object): void
  /** Starts an interactive client in a terminal of its own. */
  terminal(client: Client, options: TerminalOptions): ClientTerminal
  /** Starts `claude -p`, or any other command of the client, without a terminal. */
  print(client: Client, cwd: string, args: readonly string[], env?: Record<string, string>): Child
  /** What the client itself says about its living processes. */
  processFiles(): ProcessFile[]
  /** Ends every process that clients of this home have started, and waits for their end. */
  endAll(): Promise<void>
}

/** Makes a home that is removed, with all its processes, when the test ends. */
export async function clientHome(options: HomeOptions = {}): Promise<ClientHome> {
  const { home, remove } = await makeClientHome(options)
  onTestFinished(remove)
  return home
}

/** Makes a home that the caller removes: for hooks of suites and for programs outside of a test. */
export async function makeClientHome(options: HomeOptions = {}): Promise<{ home: ClientHome; remove: () => Promise<void> }> {
  const api = options.api ?? (await startMessagesApi())
  const home = new Home(api, options)
  const remove = async () => {
    await home.endAll()
    if (options.api === undefined) await api.stop()
    removeFolder(home.folder)
  }
  return { home, remove }
}

class Home implements ClientHome {
  readonly folder = makeTempFolder()
  readonly config = path.join(this.folder, '.claude')
  readonly api: MessagesApi
  readonly env: Record<string, string>
  readonly #mark = randomUUID()

  constructor(api: MessagesApi, { settings = {}, env = {}, plan = false }: HomeOptions) {
    this.api = api
    fs.mkdirSync(this.config)
    this.#writeGlobalConfig({
      hasCompletedOnboarding: true,
      theme: 'dark',
      // Dialogs and notices that a client shows once.
      hasSeenAutoDefaultNudge: true,
      hasSeenAutoDefaultNotice: true,
      hasSeenAutoModeEntryWarning: true,
      bypassPermissionsModeAccepted: true,
      ...(plan
        ? { oauthAccount: { accountUuid: randomUUID(), emailAddress: 'test@example.invalid', organizationUuid: randomUUID() } }
        : { customApiKeyResponses: { approved: [API_KEY.slice(-20)], rejected: [] } }),
    })
    // The default, auto mode, asks for no permission.
    fs.writeFileSync(this.#settings, JSON.stringify({ permissions: { defaultMode: 'default' }, ...settings }))
    this.env = withoutUndefined({
      HOME: this.folder,
      PATH: process.env.PATH,
      // The first prompt of `-p` waits for MCP servers, whose start takes long on a busy machine: by default not at all, or for 5 s.
      MCP_CONNECTION_NONBLOCKING: '0',
      MCP_CONNECT_TIMEOUT_MS: '60000',
      SHELL: '/bin/bash',
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      TMPDIR: this.#makeFolder('tmp'),
      // Lets a client run as root in a container.
      IS_SANDBOX: '1',
      ANTHROPIC_BASE_URL: api.url,
      ...(plan ? { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-dummy' } : { ANTHROPIC_API_KEY: API_KEY }),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      // The stand-in refuses and records what would leave this machine.
      HTTP_PROXY: api.url,
      HTTPS_PROXY: api.url,
      NO_PROXY: '127.0.0.1,localhost',
      [MARK_NAME]: this.#mark,
      ...env,
    })
  }

  get #settings(): string {
    return path.join(this.config, 'settings.json')
  }

  async project(name = 'project', branch = 'main'): Promise<string> {
    const folder = this.#makeFolder(name)
    const { code, stderr } = await run('git', ['init', '--quiet', `--initial-branch=${branch}`, folder])
    if (code !== 0) throw new Error(`git init: ${stderr}`)
    const config = JSON.parse(fs.readFileSync(this.#globalConfig, 'utf8')) as { projects?: object }
    this.#writeGlobalConfig({ ...config, projects: { ...config.projects, [folder]: trusted } })
    return folder
  }

  changeSettings(change: object): void {
    const settings = JSON.parse(fs.readFileSync(this.#settings, 'utf8')) as object
    fs.writeFileSync(this.#settings, JSON.stringify({ ...settings, ...change }))
  }

  terminal(client: Client, options: TerminalOptions): ClientTerminal {
    return new ClientTerminal(client.program, { ...this.env, ...options.env }, options)
  }

  print(client: Client, cwd: string, args: readonly string[], env: Record<string, string> = {}): Child {
    const inherited = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]))
    return start(client.program, args, { cwd, env: { ...inherited, ...this.env, ...env } })
  }

  processFiles(): ProcessFile[] {
    return readProcessFiles(this.config)
  }

  endAll(): Promise<void> {
    return endMarked(this.#mark)
  }

  get #globalConfig(): string {
    return path.join(this.folder, '.claude.json')
  }

  #writeGlobalConfig(config: object): void {
    fs.writeFileSync(this.#globalConfig, JSON.stringify(config))
  }

  #makeFolder(name: string): string {
    const folder = path.join(this.folder, name)
    fs.mkdirSync(folder, { recursive: true })
    return folder
  }
}

/** Versions before 2.0.30 or so cannot do without the list. */
const trusted = { hasTrustDialogAccepted: true, allowedTools: [] }

function withoutUndefined(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
