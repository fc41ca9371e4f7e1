import type { ObservedEvent, SessionObservation } from '@signalbox/contract/session-observation'
import type { PlannedRun } from './claude-arguments.ts'
import type { ProcessEnd } from './owned-child.ts'
import type { ProcessFile } from './process-file.ts'
import type { StreamFact, ToolUse } from './stream-json.ts'

export type Observation = SessionObservation
type Fields = NonNullable<SessionObservation['fields']>

export interface RecorderOptions {
  /** Makes the ids of the observations of this run unlike those of any other. */
  readonly runId: string
  readonly plan: PlannedRun
  readonly pid: number
  readonly projectId: string
  readonly name: string | undefined
  readonly now: () => number
  readonly startedAt: number
  /** Receives each observation once its session is known. */
  readonly emit: (observation: Observation) => void
}

/** Turns what the parent of a process sees into observations. */
export class SessionRecorder {
  readonly #options: RecorderOptions
  #sessionId: string | undefined
  #count = 0
  #ended = false
  /** The newest time of an observation of this session, in milliseconds. */
  #lastAt = 0
  /** Tools that run, with the time of their start. */
  readonly #tools = new Map<string, ToolUse & { readonly startedAt: number }>()
  #working: boolean | undefined
  #limitedUntil: number | undefined

  constructor(options: RecorderOptions) {
    this.#options = options
    const { sessionId, resumed } = options.plan
    if (sessionId !== undefined) this.#begin(sessionId, resumed ? 'resume' : 'startup', options.startedAt)
  }

  get sessionId(): string | undefined {
    return this.#sessionId
  }

  /** The process is alive now. */
  alive(): void {
    this.#observe({ alive: true })
  }

  /** The process file names another session after `/clear` and after `/resume`. */
  readProcessFile({ sessionId, version, activity, waitingFor, since }: ProcessFile, changedAt: number): void {
    this.#follow(sessionId, changedAt)
    this.#observe({
      alive: true,
      ...(activity === undefined ? {} : { at: toTime(since ?? this.#options.now()), activity }),
      ...(waitingFor === undefined ? {} : { waiting_for: waitingFor }),
      ...(version === undefined ? {} : { fields: { version } }),
    })
  }

  readStream(fact: StreamFact): void {
    if ('sessionId' in fact && fact.sessionId !== undefined) this.#follow(fact.sessionId.toLowerCase(), this.#options.now())
    if (fact.kind === 'init') {
      const { model, version, permissionMode } = fact
      this.#work({
        ...(model === undefined ? {} : { model }),
        ...(version === undefined ? {} : { version }),
        ...(permissionMode === undefined ? {} : { permission_mode: permissionMode }),
      })
    } else if (fact.kind === 'answer') {
      const { model, contextTokens, tools } = fact
      const startedAt = this.#options.now()
      for (const tool of tools.slice(0, MAX_TOOLS)) this.#tools.set(tool.id, { ...tool, startedAt })
      this.#work({ ...(model === undefined ? {} : { model }), ...(contextTokens === undefined ? {} : { context_tokens: contextTokens }) })
    } else if (fact.kind === 'tool-results') {
      for (const { id, failed } of fact.results) this.#endTool(id, failed)
    } else if (fact.kind === 'compacted') {
      this.#observe({ alive: true, event: { kind: 'compacted' } })
    } else if (fact.kind === 'limit') {
      this.#limit(fact.limitedUntil)
    } else {
      this.#endTurn(fact)
    }
  }

  /** The process has ended. */
  end({ code, signal }: ProcessEnd, endedAt: number): void {
    if (this.#ended) return
    this.#ended = true
    const { plan } = this.#options
    // A person who closes the terminal ends a session; a `-p` run that is stopped has not done its work. Claude Code catches
    // these signals, and ends with their exit codes.
    const stopped = plan.program === 'claude' && !plan.print && STOPPED.some((one) => one === signal || one === code)
    const reason = signal ?? `exit code ${code}`
    const outcome = code === 0 || stopped ? 'completed' : 'failed'
    this.#observe({
      at: this.#endTime(endedAt),
      end: { outcome, reason },
      event: { kind: 'ended', reason, ...(outcome === 'failed' ? { failed: true } : {}) },
    })
  }

  #begin(sessionId: string, reason: string, at: number): void {
    const { plan, pid, name } = this.#options
    this.#sessionId = sessionId
    this.#lastAt = 0
    this.#working = undefined
    this.#observe({
      at: toTime(at),
      alive: true,
      fields: {
        pid,
        ...(plan.program === 'claude' ? { kind: plan.print ? 'print' : 'interactive' } : {}),
        ...(name === undefined ? {} : { name }),
      },
      event: { kind: 'started', reason },
      ...(plan.print || plan.program === 'other' ? { activity: 'working' } : {}),
    })
  }

  /** What follows belongs to this session. */
  #follow(sessionId: string, at: number): void {
    if (sessionId === this.#sessionId || !isUuid.test(sessionId)) return
    if (this.#sessionId === undefined) {
      this.#begin(sessionId, this.#options.plan.resumed ? 'resume' : 'startup', this.#options.startedAt)
      return
    }
    const reason = 'another session'
    this.#observe({ at: this.#endTime(at), end: { outcome: 'completed', reason }, event: { kind: 'ended', reason } })
    this.#tools.clear()
    this.#begin(sessionId, 'startup', at)
  }

  /** What was read of a session after its end still comes before it: alive later than its end, it would count as resumed. */
  #endTime(at: number): string {
    return toTime(Math.max(at, this.#lastAt + 1))
  }

  #work(fields: Fields): void {
    const begins = this.#working !== true
    this.#working = true
    if (!begins && Object.keys(fields).length === 0) return
    this.#observe({ alive: true, ...(begins ? { activity: 'working' } : {}), ...(Object.keys(fields).length === 0 ? {} : { fields }) })
  }

  #endTool(id: string, failed: boolean): void {
    const tool = this.#tools.get(id)
    if (tool === undefined) return
    this.#tools.delete(id)
    const duration_ms = Math.max(0, this.#options.now() - tool.startedAt)
    this.#observe({ alive: true, event: { kind: 'tool', name: tool.name, duration_ms, failed } })
  }

  #limit(limitedUntil: number | undefined): void {
    if (limitedUntil === this.#limitedUntil) return
    this.#limitedUntil = limitedUntil
    this.#observe({ fields: { limited_until: limitedUntil === undefined ? null : toTime(limitedUntil) } })
  }

  #endTurn({ error, durationMs, costUsd, tokens, contextLimit }: StreamFact & { kind: 'result' }): void {
    this.#working = false
    this.#tools.clear()
    // Of a resumed session the figures are, by version, those of the session or of this run only: its transcript knows.
    const fresh = !this.#options.plan.resumed
    this.#observe({
      alive: true,
      activity: 'idle',
      fields: {
        turn_error: error ?? null,
        ...(contextLimit === undefined ? {} : { context_limit: contextLimit }),
        ...(fresh && costUsd !== undefined ? { cost_usd: costUsd } : {}),
        ...(fresh && tokens !== undefined
          ? {
              input_tokens: tokens.input,
              output_tokens: tokens.output,
              cache_read_tokens: tokens.cacheRead,
              cache_write_tokens: tokens.cacheWrite,
            }
          : {}),
      },
      event: {
        kind: error === undefined ? 'turn-ended' : 'turn-failed',
        ...(error === undefined ? {} : { reason: error }),
        ...(durationMs === undefined ? {} : { duration_ms: durationMs }),
      } satisfies ObservedEvent,
    })
  }

  #observe(seen: Omit<Observation, 'observation_id' | 'session_id' | 'source' | 'project_id' | 'at'> & { readonly at?: string }): void {
    if (this.#sessionId === undefined) return
    const { runId, projectId, now, emit } = this.#options
    const at = seen.at ?? toTime(now())
    this.#lastAt = Math.max(this.#lastAt, Date.parse(at))
    this.#count += 1
    emit({
      observation_id: `run:${runId}:${this.#count}`,
      session_id: this.#sessionId,
      source: 'run',
      project_id: projectId,
      ...seen,
      at,
    })
  }
}

const STOPPED: readonly (NodeJS.Signals | number)[] = ['SIGHUP', 129, 'SIGINT', 130, 'SIGTERM', 143]
/** The most tools that one answer calls. */
const MAX_TOOLS = 100
const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function toTime(ms: number): string {
  return new Date(ms).toISOString()
}
