import { setTimeout as sleep } from 'node:timers/promises'
import { makeTempFolder, removeFolder } from '../../support/temp.ts'
import type { Client } from '../client.ts'
import { type ClientHome, makeClientHome } from '../client-home.ts'
import { type RecordedRequest, type RecordingProxy, startRecordingProxy } from '../recording-proxy.ts'
import { Checker, type Limits } from './checker.ts'
import { compareTimelines } from './compare-timelines.ts'
import { eventsOf } from './evidence.ts'
import { gapBetween } from './gap.ts'
import { type Installation, install } from './installation.ts'
import { Person } from './person.ts'
import { Random } from './random.ts'
import type { ProofResult } from './result.ts'
import { ShownSessions } from './shown-sessions.ts'
import { readTicks, stolenBetween } from './stolen-time.ts'
import { TrueSessions } from './true-sessions.ts'

export interface ProofOptions {
  /** Each person gets the next one. */
  readonly clients: readonly Client[]
  readonly persons: number
  /** Ends when so many changes of state were compared. */
  readonly transitions: number
  readonly seed: number
  readonly restMs: number
  readonly limits: Limits
  readonly isStretched: boolean
  readonly outages: readonly Outage[]
  /** Every second person has the plugin of this folder. */
  readonly plugin: string | undefined
  /** Ends in any case. */
  readonly timeoutMs: number
  /** Ends it at once, without a result. */
  readonly signal?: AbortSignal
  readonly log?: (line: string) => void
  /** Keep every observation for the evidence: they then pass through a proxy of this process. */
  readonly isRecorded?: boolean
}

export interface Outage {
  /** `wrong key`: the collector gets one. `keys changed`: the hub accepts the key of no collector and no plugin. */
  readonly kind: 'hub stopped' | 'hub killed' | 'wrong key' | 'keys changed' | 'collector killed'
  /** Begins when so many of the transitions were compared. */
  readonly afterShare: number
  readonly lastsMs: number
}

/** Of a few hundred steps; more mean that the walk itself is wrong. */
const MAX_STUCK = 5
const PROGRESS_INTERVAL_MS = 20_000
/** The last changes get this long to arrive. */
const FINISH_MS = 6_000
/** Three heartbeats of a collector, and the hub's monitor after them. */
const UNSEEN_AFTER_MS = 50_000
/** A collector that the hub refuses does not show when it has read the first files. */
const COLLECTOR_START_MS = 5_000
/** A client that starts takes a core for half a second, and on a slow machine for longer. */
const START_INTERVAL_MS = 1_000

/**
 * Lets persons work with the real client, and compares the board with the truth all the while. No process is left when it ends.
 * @throws the reason of the signal when that is aborted
 */
export async function proveBoard(options: ProofOptions): Promise<ProofResult> {
  const signal = options.signal ?? new AbortController().signal
  const folder = makeTempFolder()
  const { home, remove } = await makeClientHome({
    settings: { permissions: { defaultMode: 'default' }, prefersReducedMotion: true },
    env: { CLAUDE_CODE_ENABLE_TODO_TOOLS: '1' },
  })
  let installation: Installation | undefined
  let proxy: RecordingProxy | undefined
  const through = async (url: string) => {
    proxy = await startRecordingProxy(url)
    return proxy.url
  }
  try {
    installation = await install({ folder, configs: [home.config], ...(options.isRecorded ? { through } : {}) })
    return await Promise.race([walk(options, home, installation, signal, proxy?.requests ?? []), aborted(signal)])
  } finally {
    await remove().finally(() => installation?.stop())
    await proxy?.stop()
    removeFolder(folder)
  }
}

/** Rejects when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

interface Scene {
  readonly installation: Installation
  readonly checker: Checker
  readonly shown: ShownSessions
  readonly truth: TrueSessions
  readonly log: (line: string) => void
}

async function walk(
  options: ProofOptions,
  home: ClientHome,
  installation: Installation,
  signal: AbortSignal,
  requests: readonly RecordedRequest[],
): Promise<ProofResult> {
  const { clients, persons, transitions, seed, restMs, limits, isStretched, outages, plugin, timeoutMs, log = () => {} } = options
  const startedAt = Date.now()
  const ticks = readTicks()
  const branches = new Map<string, string>()
  const truth = new TrueSessions(home.config, home.api)
  const shown = new ShownSessions(() => installation.url, installation.key)
  const branchOf = (sessionId: string) => branches.get(truth.sessions.get(sessionId)?.state.project ?? '')
  const checker = new Checker({ truth, shown, limits, branchOf, isStretched })
  checker.start()
  const stopping = new AbortController()
  signal.addEventListener('abort', () => stopping.abort(), { once: true })
  const problems: string[] = []
  const stuckSteps: string[] = []
  const forks = new Set<string>()
  const forked = (from: string, to: string) => void forks.add(from).add(to)
  const killed = (pid: number) => truth.noteKill(pid)
  const steps: string[] = []
  const work = Array.from({ length: persons }, async (_, index) => {
    const name = `person-${index + 1}`
    const branch = `branch-${index + 1}`
    const cwd = await home.project(name, branch)
    branches.set(cwd, branch)
    await sleep(index * START_INTERVAL_MS)
    const note = (what: string) => {
      const line = `${((Date.now() - startedAt) / 1000).toFixed(2)} ${name} ${what}`
      steps.push(line)
      log(line)
    }
    // Newer versions run subagents in the foreground only when they may not do otherwise.
    const foreground: Record<string, string> = index % 4 >= 2 ? { CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' } : {}
    const hasPlugin = plugin !== undefined && index % 2 === 1
    const env = {
      ...foreground,
      ...(hasPlugin
        ? { SIGNALBOX_URL: installation.reportUrl, SIGNALBOX_API_KEY: installation.key, MACHINE_ID: installation.machine }
        : {}),
    }
    const args = hasPlugin ? ['--plugin-dir', plugin] : []
    const random = new Random(seed + index)
    const stuck = (error: unknown) => {
      const line = `${name}: ${error instanceof Error ? error.message : error}`
      stuckSteps.push(line)
      note(`is stuck: ${line}`)
      if (stuckSteps.length > MAX_STUCK) problems.push(`${stuckSteps.length} steps did not go on`)
    }
    const client = clients[index % clients.length]!
    const person = new Person({ name, client, home, cwd, random, args, env, restMs, forked, killed, stuck, log: note })
    await person
      .work(stopping.signal)
      .catch((error: unknown) => problems.push(`${name}: ${error instanceof Error ? error.message : error}`))
  })
  const remaining = [...outages]
  const reported = { at: startedAt, wrong: 0 }
  while (Date.now() - startedAt < timeoutMs && problems.length === 0) {
    await sleep(100)
    const done = checker.transitions()
    if (Date.now() - reported.at > PROGRESS_INTERVAL_MS) {
      log(`-- ${done} transitions, ${checker.wrong.length} wrong`)
      for (const { sessionId, what, afterMs, differences } of checker.wrong.slice(reported.wrong))
        log(`-- wrong: ${sessionId} ${what}, ${afterMs} ms after: ${differences.map(({ field }) => field).join(', ')}`)
      Object.assign(reported, { at: Date.now(), wrong: checker.wrong.length })
    }
    if (done >= transitions && remaining.length === 0) break
    const next = remaining[0]
    // Each outage begins with a board that has recovered from the one before.
    if (next !== undefined && done >= next.afterShare * transitions && checker.hasRecovered()) {
      remaining.shift()
      await goThrough(next, { installation, checker, shown, truth, log })
    }
  }
  stopping.abort()
  await Promise.race([Promise.all(work), sleep(60_000)])
  const deadline = Date.now() + FINISH_MS
  while (checker.pending() > 0 && Date.now() < deadline) await sleep(100)
  await checker.stop()
  await checker.compareUsage(forks)
  const missing = await compareTimelines(checker.changes, shown, checker.gaps)
  const suspects = new Set([...checker.wrong, ...checker.late, ...missing].map(({ sessionId }) => sessionId).filter((id) => id !== ''))
  const evidence = await Promise.all(
    [...suspects].map(async (id) => ({
      id,
      events: eventsOf(id, {
        startedAt,
        changes: checker.changes,
        files: truth.files,
        steps,
        requests,
        timeline: await shown.timeline(id),
      }),
    })),
  )
  return {
    seed,
    durationMs: Date.now() - startedAt,
    changes: checker.changes.length,
    superseded: checker.superseded,
    shown: checker.shownChanges,
    wrong: checker.wrong,
    late: checker.late,
    ahead: checker.ahead,
    missing,
    problems,
    stuck: stuckSteps,
    load: checker.averageLoad(),
    stolen: stolenBetween(ticks, readTicks()),
    steps,
    sessions: truth.sessions.size,
    usages: checker.usagesCompared,
    evidence,
    log: installation.log(),
  }
}

async function goThrough(outage: Outage, { installation, checker, shown, truth, log }: Scene): Promise<void> {
  const { kind, lastsMs } = outage
  log(`-- ${kind} for ${lastsMs} ms`)
  checker.pause(kind)
  let back = Date.now()
  if (kind === 'hub stopped' || kind === 'hub killed') {
    await installation.stopHub(kind === 'hub killed' ? 'SIGKILL' : 'SIGTERM')
    await sleep(lastsMs)
    back = Date.now()
    await installation.startHub()
  } else if (kind === 'keys changed') {
    await installation.stopHub()
    await installation.startHub('sbx_key_that_no_one_has')
    await sleep(lastsMs)
    await installation.stopHub()
    back = Date.now()
    await installation.startHub()
  } else if (kind === 'wrong key') {
    const from = Date.now()
    await installation.stopCollector()
    await installation.startCollector('a key that the hub does not know')
    checker.gaps.push(gapBetween(from, Date.now() + COLLECTOR_START_MS))
    await sleep(lastsMs)
    const stopped = Date.now()
    await installation.stopCollector()
    await installation.startCollector()
    checker.gaps.push(gapBetween(stopped, Date.now()))
  } else {
    const from = Date.now()
    await installation.stopCollector('SIGKILL')
    // A session that has just begun may have been in the collector's memory only.
    const known = await shown.live()
    const lived = [...truth.sessions].flatMap(([id, { state }]) => (state.status === 'active' && known.has(id) ? [id] : []))
    await sleep(lastsMs)
    const stillLives = lived.filter((id) => truth.sessions.get(id)?.state.status === 'active')
    if (lastsMs >= UNSEEN_AFTER_MS) checker.expectUnseen(stillLives, await shown.all())
    await installation.startCollector()
    checker.gaps.push(gapBetween(from, Date.now()))
  }
  checker.resume()
  void checker.recover(installation.untilContact(back))
  log(`-- ${kind} is over`)
}
