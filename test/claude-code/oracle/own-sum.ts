import fs from 'node:fs'
import path from 'node:path'
import { type Amount, isNothing, minus, nothing, plus, sumOf, usdToPico } from './amount.ts'
import { readAllRows } from './transcript-message.ts'

/** Where Claude Code's own sum stands: its transcripts, what `-p` prints, or its file of settings after a terminal has ended. */
export type OwnSource = 'cost-state' | 'result' | '.claude.json'

/** What Claude Code itself says that it has used. It counts no calls, so `calls` is 0. */
export interface OwnSum {
  readonly amount: Amount
  readonly sources: ReadonlySet<OwnSource>
  /** Runs after which it had no sum, because they were killed or their version keeps none. */
  readonly runsWithout: number
}

/** The result that `-p --output-format json` prints. */
export interface PrintResult {
  readonly session_id: string
  readonly modelUsage?: ModelUsage
  readonly usage?: { readonly input_tokens?: number; readonly output_tokens?: number }
}

/** A run of one client, or of several at once, from start to end. */
export interface Run {
  /** Milliseconds since 1970 of the client's clock. */
  readonly startedAt: number
  /** The session that it continued or forked. */
  readonly from: string | undefined
  readonly results: readonly PrintResult[]
  readonly cwd: string
  /** The sessions for which it asked the API. */
  readonly sessions: ReadonlySet<string>
}

type ModelUsage = Readonly<Record<string, UsageOfModel>>

interface UsageOfModel {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadInputTokens: number
  readonly cacheCreationInputTokens: number
  readonly cacheCreationEphemeral1hInputTokens?: number
  readonly costUSD: number
}

interface CostState {
  readonly amount: Amount
  readonly startTime: number
  /** How many there are of the session. */
  readonly count: number
}

/**
 * Adds up Claude Code's own sums, run by run. They are cumulative over the runs of a session, and over those of the session from
 * which it was resumed or forked, in versions that restore them: what was restored is taken off.
 */
export class OwnSums {
  readonly #config: string
  readonly #sources = new Set<OwnSource>()
  readonly #results = new Map<string, Amount>()
  #states: ReadonlyMap<string, CostState> = new Map()
  #amount = nothing
  #runsWithout = 0

  /** @param config the client's CLAUDE_CONFIG_DIR */
  constructor(config: string) {
    this.#config = config
  }

  get sum(): OwnSum {
    return { amount: this.#amount, sources: this.#sources, runsWithout: this.#runsWithout }
  }

  /** Reads what a run has left. It has ended; nothing else has run meanwhile. */
  add(run: Run): void {
    const amount = this.#costStatesOf(run) ?? this.#resultsOf(run) ?? this.#globalConfigOf(run)
    if (amount === undefined) this.#runsWithout++
    else this.#amount = plus(this.#amount, amount)
  }

  #costStatesOf({ startedAt, from }: Run): Amount | undefined {
    const before = this.#states
    this.#states = readCostStates(this.#config)
    const written = [...this.#states].filter(([session, { count }]) => count > (before.get(session)?.count ?? 0))
    if (written.length === 0) return undefined
    this.#sources.add('cost-state')
    return sumOf(
      written.map(([session, { amount, startTime }]) => {
        // The start is that of the first process of the chain, where the sum was restored.
        const restored = startTime < startedAt ? (before.get(session) ?? before.get(from ?? '')) : undefined
        return minus(amount, restored?.amount ?? nothing)
      }),
    )
  }

  #resultsOf({ results, from }: Run): Amount | undefined {
    const known = results.filter(({ modelUsage }) => modelUsage !== undefined)
    if (known.length === 0) return undefined
    this.#sources.add('result')
    return sumOf(
      known.map(({ session_id, modelUsage, usage }) => {
        const amount = amountOf(modelUsage ?? {})
        const before = this.#results.get(from ?? '') ?? nothing
        this.#results.set(session_id, amount)
        // `usage` is of this run alone.
        const isCumulative = !isNothing(before) && amount.input >= before.input + (usage?.input_tokens ?? 0)
        return isCumulative ? minus(amount, before) : amount
      }),
    )
  }

  /** A terminal leaves its sum here when it ends in order. */
  #globalConfigOf({ cwd, sessions }: Run): Amount | undefined {
    const file = path.join(path.dirname(this.#config), '.claude.json')
    const { projects } = JSON.parse(fs.readFileSync(file, 'utf8')) as { projects?: Readonly<Record<string, LastRun>> }
    const { lastSessionId, lastModelUsage } = projects?.[cwd] ?? {}
    if (lastModelUsage === undefined || !sessions.has(lastSessionId ?? '')) return undefined
    this.#sources.add('.claude.json')
    return amountOf(lastModelUsage)
  }
}

interface LastRun {
  readonly lastSessionId?: string
  readonly lastModelUsage?: ModelUsage
}

/** The last cost-state of each session. */
function readCostStates(config: string): Map<string, CostState> {
  const states = new Map<string, CostState>()
  for (const row of readAllRows(config)) {
    if (row.type !== 'cost-state') continue
    const { sessionId, modelUsage, startTime } = row as { sessionId: string; modelUsage: ModelUsage; startTime?: number }
    const count = (states.get(sessionId)?.count ?? 0) + 1
    states.set(sessionId, { amount: amountOf(modelUsage), startTime: startTime ?? Number.POSITIVE_INFINITY, count })
  }
  return states
}

function amountOf(models: ModelUsage): Amount {
  return sumOf(
    Object.values(models).map((usage) => {
      // Before 2.1.332 or so all cache writes are one number.
      const write_1h = usage.cacheCreationEphemeral1hInputTokens ?? 0
      return {
        calls: 0,
        input: usage.inputTokens,
        output: usage.outputTokens,
        write_5m: usage.cacheCreationInputTokens - write_1h,
        write_1h,
        read: usage.cacheReadInputTokens,
        pico: usdToPico(usage.costUSD),
      }
    }),
  )
}
