import path from 'node:path'
import type { UsageReport } from '@signalbox/contract/usage'
import { type Child, type ChildOptions, start, startNode } from '../support/child.ts'
import { pollPause } from '../support/poll-pause.ts'
import { repositoryRoot } from '../support/repository.ts'

/** Signalbox as `npm start` runs it: hub and collector under one command, on a port of its own. */
export interface Box {
  /** For example `http://127.0.0.1:40123`. */
  readonly url: string
  readonly child: Child
  report(query: Record<string, string>): Promise<UsageReport>
}

export interface BoxOptions {
  readonly dataDir: string
  /** Claude Code's configuration folder; transcripts are below `projects/`. */
  readonly claude: string
  readonly env?: Record<string, string | undefined>
  /** In a pseudo terminal, as a person sees it; Linux has one without a native module. */
  readonly terminal?: boolean
}

/** Settings of the machine that runs the tests, removed so that they cannot change a trip. */
const unset = Object.fromEntries(
  [
    'API_KEYS',
    'CLAUDE_SYNC_API_KEY',
    'SIGNALBOX_URL',
    'SIGNALBOX_API_KEY',
    'TIMEZONE',
    'PRICE_TABLE',
    'MONGODB_URI',
    'HOST',
    'NODE_ENV',
    'EXTRA_TRANSCRIPT_DIRS',
    'REDACT_PROJECTS',
    'MACHINE_ID',
    'LOG_LEVEL',
  ].map((name) => [name, undefined]),
)

export function startCli(args: readonly string[], { dataDir, claude, env = {}, terminal = false }: BoxOptions): Child {
  const words = [path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs'), ...args]
  const startIn = terminal
    ? (options: ChildOptions) =>
        start('script', ['-qec', [process.execPath, ...words].map((word) => `'${word}'`).join(' '), '/dev/null'], options)
    : (options: ChildOptions) => startNode(words, options)
  return startIn({
    env: {
      ...unset,
      PORT: '0',
      DATA_DIR: dataDir,
      CLAUDE_CONFIG_DIR: claude,
      // No credentials file of the machine that runs the tests.
      XDG_CONFIG_HOME: path.join(dataDir, 'no-config'),
      APPDATA: path.join(dataDir, 'no-config'),
      ...env,
    },
  })
}

/** Runs `npm start` as a user does, from the sources. */
export function npmStart(env: Record<string, string>): Child {
  return start('npm', ['start', '--silent'], {
    cwd: repositoryRoot,
    env: { API_KEYS: undefined, NODE_ENV: undefined, NODE_OPTIONS: undefined, PORT: '0', ...env },
  })
}

export async function startBox(options: BoxOptions): Promise<Box> {
  const child = startCli(['up'], options)
  const [, url = ''] = await child.line(/Signalbox is at (http:\/\/\S+)/)
  return { url, child, report: (query) => report(url, query) }
}

export async function report(url: string, query: Record<string, string>): Promise<UsageReport> {
  const response = await fetch(`${url}/api/usage?${new URLSearchParams({ timezone: 'UTC', ...query })}`)
  if (!response.ok) throw new Error(`the hub answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as UsageReport
}

/** Polls `ask` until `wanted` accepts its answer. @throws Error with the last answer after `withinMs` */
export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, withinMs = 60_000): Promise<T> {
  const start = performance.now()
  for (;;) {
    const answer = await ask().catch((error: unknown) => error as T)
    if (!(answer instanceof Error) && wanted(answer)) return answer
    if (performance.now() - start > withinMs)
      throw new Error(
        `no accepted answer after ${withinMs} ms: ${answer instanceof Error ? answer.message : JSON.stringify(answer).slice(0, 2000)}`,
      )
    await pollPause(performance.now() - start)
  }
}
