import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StateTrackingApiClient } from '@signalbox/client'
import { startHub, type TestHub } from '../browser/harness.ts'
import { run, startNode } from '../support/child.ts'
import { repositoryRoot } from '../support/repository.ts'
import { writeTranscripts } from '../support/transcripts.ts'

/** Collectors send a new line of a transcript within a second. */
const SETTLED_MS = 1_500

export interface DrillOptions {
  /** An empty folder, for everything. */
  readonly folder: string
  /** Calls in the transcripts before the backup, and as many again after it; about. */
  readonly calls: number
  /** How long sessions are written after the backup, in milliseconds. */
  readonly writeMs: number
  readonly report?: (line: string) => void
}

/** What a disaster has cost. */
export interface DrillResult {
  /** From the end of the hub until it answers again, with the restore; in milliseconds. */
  readonly rtoMs: number
  /** From the backup until the end of the hub, in milliseconds: what only the hub knew and was written since is lost. */
  readonly rpoMs: number
  readonly backupMs: number
  readonly restoreMs: number
  /** From the hub's answer until every call is there again. */
  readonly resendMs: number
  readonly calls: { readonly before: number; readonly after: number }
  readonly tokens: { readonly before: number; readonly after: number }
  /** Sessions that the hub has acknowledged: until the backup, and since. */
  readonly sessions: { readonly backedUp: number; readonly restored: number; readonly since: number; readonly lost: number }
}

/**
 * Fills a hub, backs it up, goes on writing, kills the hub and removes its database, restores, and compares.
 * @throws Error where a command fails, or the calls do not come back
 */
export async function drill({ folder, calls, writeMs, report = () => {} }: DrillOptions): Promise<DrillResult> {
  const dataDir = path.join(folder, 'hub')
  const claude = path.join(folder, 'claude')
  for (const one of [dataDir, claude]) fs.mkdirSync(one, { recursive: true, mode: 0o700 })
  const first = writeTranscripts(claude, { seed: 1, calls }).calls.length
  let hub = await startHub({ dataDir })
  const collector = startCollector(folder, claude, hub)
  try {
    const filled = await settledTotals(hub, first)
    report(`filled: ${filled.calls} calls`)
    const client = new StateTrackingApiClient({ baseUrl: hub.url, retry: false })
    const acknowledged = new Map<string, number>()
    const write = async () => {
      const { session_id } = await client.createSession({ project_id: 'drill', machine_id: 'drill' })
      acknowledged.set(session_id, Date.now())
    }
    for (let index = 0; index < 20; index++) await write()

    const began = performance.now()
    const backups = path.join(folder, 'backups')
    const made = await command(folder, dataDir, ['backup', '--to', backups])
    const backupMs = performance.now() - began
    const { made_at } = JSON.parse(fs.readFileSync(path.join(made.trim(), 'manifest.json'), 'utf8')) as { made_at: string }
    const backedUpAt = Date.parse(made_at)
    report(`backed up and checked in ${Math.round(backupMs)} ms`)

    const second = writeTranscripts(claude, { seed: 2, calls }).calls.length
    for (const until = Date.now() + writeMs; Date.now() < until; await sleep(20)) await write()
    const before = await settledTotals(hub, first + second)

    const killedAt = Date.now()
    await hub.kill()
    for (const name of fs.readdirSync(dataDir).filter((one) => one.startsWith('signalbox.db'))) fs.rmSync(path.join(dataDir, name))
    report('the hub is killed, and its database removed')
    const restoring = performance.now()
    await command(folder, dataDir, ['restore', made.trim(), '--yes'])
    const restoreMs = performance.now() - restoring
    hub = await startHub({ dataDir, port: Number(new URL(hub.url).port) })
    const rtoMs = Date.now() - killedAt
    report(`the hub answers again after ${rtoMs} ms`)
    const answered = performance.now()
    const after = await until(async () => {
      const now = await totalsOf(hub)
      return now.calls >= before.calls ? now : undefined
    }, `${before.calls} calls`)
    const resendMs = performance.now() - answered

    const again = new StateTrackingApiClient({ baseUrl: hub.url, retry: false })
    const there = new Set<string>()
    for await (const { session_id } of again.eachSession({ project_id: 'drill' })) there.add(session_id)
    const early = [...acknowledged].filter(([, at]) => at < backedUpAt).map(([id]) => id)
    const late = [...acknowledged].filter(([, at]) => at >= backedUpAt).map(([id]) => id)
    return {
      rtoMs,
      rpoMs: killedAt - backedUpAt,
      backupMs,
      restoreMs,
      resendMs,
      calls: { before: before.calls, after: after.calls },
      tokens: { before: before.total_tokens, after: after.total_tokens },
      sessions: {
        backedUp: early.length,
        restored: early.filter((id) => there.has(id)).length,
        since: late.length,
        lost: late.filter((id) => !there.has(id)).length,
      },
    }
  } finally {
    await collector.stop('SIGTERM')
    await hub.stop()
  }
}

function startCollector(folder: string, claude: string, hub: TestHub) {
  return startNode([path.join(repositoryRoot, 'apps/collector/src/main.ts')], {
    env: {
      DATA_DIR: path.join(folder, 'collector'),
      CLAUDE_CONFIG_DIR: claude,
      SIGNALBOX_URL: hub.url,
      MACHINE_ID: 'drill',
      LIMIT_SOURCES: 'none',
      LOG_LEVEL: 'warn',
    },
  })
}

/** @returns what a command has printed on stdout */
async function command(folder: string, dataDir: string, words: string[]): Promise<string> {
  const program = path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs')
  const env = { DATA_DIR: dataDir, HOME: folder, CLAUDE_CONFIG_DIR: path.join(folder, 'claude') }
  const { code, stdout, stderr } = await run(process.execPath, [program, ...words], { env })
  if (code !== 0) throw new Error(`signalbox ${words.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}

async function totalsOf({ url }: Pick<TestHub, 'url'>): Promise<{ calls: number; total_tokens: number }> {
  return (await new StateTrackingApiClient({ baseUrl: url }).getUsage({ group: 'month', since: '2020-01-01' })).totals
}

type Totals = Awaited<ReturnType<typeof totalsOf>>

/** What the hub has once collectors have nothing more to send: so many calls, and the same for a second and a half. */
async function settledTotals(hub: Pick<TestHub, 'url'>, atLeast: number): Promise<Totals> {
  let last = await totalsOf(hub)
  let since = Date.now()
  return until(async () => {
    const now = await totalsOf(hub)
    if (now.calls !== last.calls || now.total_tokens !== last.total_tokens) since = Date.now()
    last = now
    return now.calls >= atLeast && Date.now() - since > SETTLED_MS ? now : undefined
  }, `${atLeast} calls`)
}

/** @throws Error where it has no value within a minute and a half */
async function until<T>(ask: () => Promise<T | undefined>, what: string): Promise<T> {
  for (const end = Date.now() + 90_000; Date.now() < end; await sleep(100)) {
    const value = await ask()
    if (value !== undefined) return value
  }
  throw new Error(`the hub has no ${what} after 90 s`)
}
