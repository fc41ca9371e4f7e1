import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Machine } from '@signalbox/contract/machine'
import { type Child, startNode } from '../../support/child.ts'
import { repositoryRoot } from '../../support/repository.ts'

/** On a machine with thirty processes at work a collector needs half a minute. */
const START_TIMEOUT_MS = 90_000
const MACHINE = 'proof'
export const KEY = 'sbx_key_of_the_board_proof'

export interface Installation {
  readonly url: string
  /** Where collector and plugin send to. */
  readonly reportUrl: string
  readonly key: string
  readonly machine: string
  /** Everything that the hub and the collector have logged, earlier processes included. */
  readonly log: () => string
  startHub(keys?: string): Promise<void>
  stopHub(signal?: NodeJS.Signals): Promise<void>
  /** Resolves when the hub has received its first heartbeat; with a key that the hub does not know, when it begins to collect. */
  startCollector(key?: string): Promise<void>
  stopCollector(signal?: NodeJS.Signals): Promise<void>
  /** Resolves when the hub has received something of the collector after `since`, or when the installation is stopped. */
  untilContact(since: number): Promise<void>
  stop(): Promise<void>
}

export interface InstallationOptions {
  readonly folder: string
  /** The configuration folders of Claude Code. */
  readonly configs: readonly string[]
  /** Where collector and plugin send to, if not to the hub itself. */
  readonly through?: (hubUrl: string) => Promise<string>
}

/** Settings of the machine that runs the proof. */
const unset = Object.fromEntries(
  [
    'HOST',
    'NODE_ENV',
    'MONGODB_URI',
    'CLAUDE_SYNC_API_KEY',
    'CLAUDE_SYNC_URL',
    'EXTRA_TRANSCRIPT_DIRS',
    'REDACT_PROJECTS',
    'PRICE_TABLE',
  ].map((name) => [name, undefined]),
)

/** A hub and a collector as they run in life, each in its own process, on a port that stays the same. */
export async function install({ folder, configs, through = async (url) => url }: InstallationOptions): Promise<Installation> {
  const children: Child[] = []
  let hub: Child | undefined
  let collector: Child | undefined
  let url = ''
  let reportUrl = ''
  let isStopped = false
  const launch = (main: string, ipc: boolean, env: Record<string, string | undefined>) => {
    // A walk that was ended may still be in the middle of an outage.
    if (isStopped) throw new Error('The installation has been stopped.')
    const child = startNode([path.join(repositoryRoot, main)], { ipc, env: { ...unset, TIMEZONE: 'UTC', LOG_LEVEL: 'info', ...env } })
    children.push(child)
    return child
  }
  const askHub = async <T>(path: string) => {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${KEY}` } })
    return (await response.json()) as T
  }
  const installation: Installation = {
    get url() {
      return url
    },
    get reportUrl() {
      return reportUrl
    },
    key: KEY,
    machine: MACHINE,
    log: () => children.map((child) => child.output()).join(''),
    async startHub(keys = KEY) {
      hub = launch('apps/hub/src/main.ts', true, {
        PORT: url === '' ? '0' : new URL(url).port,
        DATA_DIR: path.join(folder, 'hub'),
        API_KEYS: keys,
        RATE_LIMIT_PER_MINUTE: '1000000',
        HEARTBEAT_LIMIT_PER_MINUTE: '1000000',
      })
      url = await hub.message((message) =>
        typeof message === 'object' && message !== null && 'listening' in message ? String(message.listening) : undefined,
      )
    },
    async stopHub(signal = 'SIGTERM') {
      await hub?.stop(signal)
    },
    async startCollector(key = KEY) {
      const since = Date.now()
      collector = launch('apps/collector/src/main.ts', false, {
        DATA_DIR: path.join(folder, 'collector'),
        SIGNALBOX_URL: reportUrl,
        SIGNALBOX_API_KEY: key,
        CLAUDE_CONFIG_DIR: configs.join(','),
        MACHINE_ID: MACHINE,
        LIMIT_SOURCES: 'none',
      })
      if (key === KEY) await waitForCollector(() => askHub<Machine[]>('/machines'), since, collector)
      else await collector.line(/"msg":"collecting"/)
    },
    async stopCollector(signal = 'SIGTERM') {
      await collector?.stop(signal)
    },
    async untilContact(since) {
      while (!isStopped) {
        const machines = await askHub<Machine[]>('/machines').catch(() => [])
        if (machines.some(({ collector }) => collector !== undefined && Date.parse(collector.last_contact) >= since)) return
        await sleep(100)
      }
    },
    async stop() {
      isStopped = true
      await Promise.all(children.map((child) => child.stop('SIGKILL')))
    },
  }
  try {
    await installation.startHub()
    reportUrl = await through(url)
    await installation.startCollector()
    return installation
  } catch (error) {
    await installation.stop()
    throw error
  }
}

/** Waits until the hub has the heartbeat of a collector that started after `since`. */
async function waitForCollector(ask: () => Promise<Machine[]>, since: number, { output }: Child): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS
  for (;;) {
    const machines = await ask()
    if (machines.some(({ collector }) => collector?.connected === true && Date.parse(collector.started_at) >= since)) return
    if (performance.now() > deadline) {
      const collectors = machines.map(({ collector }) => collector)
      throw new Error(`The collector is not connected: ${JSON.stringify(collectors)}\n${output()}`)
    }
    await sleep(100)
  }
}
