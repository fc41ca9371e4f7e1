import path from 'node:path'
import type { UsageReport } from '@signalbox/contract/usage'
import { type Child, startNode } from '../support/child.ts'
import { house } from '../support/house.ts'

/** The whole of Signalbox as `npm start` runs it: hub and collector under one command, on a port of its own. */
export interface Box {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string
  readonly child: Child
  report(query: Record<string, string>): Promise<UsageReport>
}

export interface BoxOptions {
  readonly dataDir: string
  /** Claude Code's folder: transcripts are below `projects/`. */
  readonly claude: string
  readonly env?: Record<string, string | undefined>
}

/** Settings the machine may have must not change a trip. */
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

export function startCli(args: readonly string[], { dataDir, claude, env = {} }: BoxOptions): Child {
  return startNode([path.join(house, 'apps/cli/bin/signalbox.mjs'), ...args], {
    env: { ...unset, PORT: '0', DATA_DIR: dataDir, CLAUDE_CONFIG_DIR: claude, ...env },
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

/** Asks again until the answer is as wanted. @throws with the last answer when it is not in time */
export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, withinMs = 20_000): Promise<T> {
  const end = performance.now() + withinMs
  for (;;) {
    const answer = await ask().catch((error: unknown) => error as T)
    if (!(answer instanceof Error) && wanted(answer)) return answer
    if (performance.now() > end)
      throw new Error(
        `not as wanted after ${withinMs} ms: ${answer instanceof Error ? answer.message : JSON.stringify(answer).slice(0, 2000)}`,
      )
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
