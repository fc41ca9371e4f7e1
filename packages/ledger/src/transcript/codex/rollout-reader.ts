import { boundedKey, UNKNOWN_MODEL } from '../field.ts'
import type { ScannedCall } from '../scanned-call.ts'
import type { CountRow, Row, ThreadRow, TurnRow, Usage, UsageRow } from './parse-row.ts'

/** What a rollout has said before a row; stored as JSON between two readings of the file. */
interface State {
  /** The form of this state. A rollout that was read by a version with another form is read again. */
  readonly form: typeof FORM
  /** The thread of the rollout, then those whose history it has a copy of. */
  readonly threads: readonly ThreadRow[]
  readonly turn: Turn
  /** The model of a turn that says none, and the service tier. */
  readonly model: string | undefined
  readonly tier: string | undefined
  /** The totals of the last row that had some: a row with the same ones repeats it. */
  readonly total: readonly number[] | undefined
  /** The usage of a response whose own row has come, until the row with the totals comes that has it, too. */
  readonly recorded: readonly number[] | undefined
  /** How often the totals began at 0: older versions did that when a thread was resumed. */
  readonly restarts: number
  /** Whether the model has written anything in this turn. */
  readonly hasOutput: boolean
  /** The time of the last row, in milliseconds since 1970, as long as rows may be a copy that was written at once. */
  readonly copiedUntil: number | undefined
  /** The oldest thread of the rollout, in the keys of calls whose turns have no ids. A migration removes it. */
  readonly root: string | undefined
}

interface Turn {
  readonly id: string | undefined
  readonly cwd: string | undefined
  readonly model: string | undefined
  /** The calls of this turn so far. */
  readonly calls: number
}

const FORM = 1
/** The most threads of which a rollout begins with a copy. Each fork of a fork adds one. */
const MAX_THREADS = 50

const noTurn: Turn = { id: undefined, cwd: undefined, model: undefined, calls: 0 }
const start: State = {
  form: FORM,
  threads: [],
  turn: noTurn,
  model: undefined,
  tier: undefined,
  total: undefined,
  recorded: undefined,
  restarts: 0,
  hasOutput: false,
  copiedUntil: undefined,
  root: undefined,
}

/**
 * Finds the calls in the rows of one rollout. A call has one or more rows, none of which is its own by an id in all versions:
 * - newer versions write a `token_usage_record` and then a `token_count`; older ones only the second, which repeats itself;
 * - a fork or a subagent may begin with a copy of its parent's rows, with the times of the copy. So the key of a call is its turn
 *   and its place in that, which the copy has too.
 */
export class RolloutReader {
  #state = start
  #threadFromName = ''

  /**
   * Starts a file.
   * @param stored what `toText` returned; undefined at the start of the file
   * @param former what it returned before the file was written anew; empty where that is not known
   * @returns false when `stored` is of another form
   */
  start(stored: string | undefined, threadFromName: string, former: string): boolean {
    this.#threadFromName = threadFromName
    const state = stored === undefined ? { ...start, root: parseState(former)?.root } : parseState(stored)
    this.#state = state ?? start
    return state !== undefined
  }

  toText(): string {
    return JSON.stringify(this.#state)
  }

  /** Whether rows of the model's output say something: only until a fork has a call of its own. */
  get wantsOutput(): boolean {
    const { total, turn, hasOutput } = this.#state
    return this.#isFork() && total === undefined && turn.id !== undefined && !hasOutput
  }

  /** @returns the call that the row completes */
  read(row: Row): ScannedCall | undefined {
    switch (row.kind) {
      case 'thread':
        this.#readThread(row)
        return undefined
      case 'turn':
        this.#endCopy(row.at)
        this.#readTurn(row)
        return undefined
      case 'settings':
        this.#change({ model: row.model ?? this.#state.model, tier: row.tier })
        return undefined
      case 'output':
        this.#change({ hasOutput: true })
        return undefined
      case 'usage':
        return this.#readUsage(row)
      case 'count':
        this.#endCopy(row.at)
        return this.#readCount(row)
    }
  }

  #change(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change }
  }

  #readThread(row: ThreadRow): void {
    const threads = [...this.#state.threads, row].slice(0, MAX_THREADS)
    // A rollout that was migrated keeps the root that it had.
    const root = threads.length === 1 ? (this.#state.root ?? row.id) : row.id
    this.#change({ threads, root, copiedUntil: row.written })
  }

  #endCopy(at: number | undefined): void {
    const { copiedUntil } = this.#state
    if (copiedUntil !== undefined && at !== undefined) this.#change({ copiedUntil: at - copiedUntil <= COPY_MS ? at : undefined })
  }

  #readTurn({ id, cwd, model }: TurnRow): void {
    const { turn } = this.#state
    // Versions without ids of turns begin one with each context.
    const goesOn = id !== undefined && id === turn.id
    const next = goesOn ? { ...turn, cwd: cwd ?? turn.cwd, model: model ?? turn.model } : { id, cwd, model, calls: 0 }
    // A compaction has calls and says no model of its own.
    this.#change({ turn: next, model: model ?? this.#state.model, ...(goesOn ? {} : { hasOutput: false }) })
  }

  #readUsage({ at, turn, response, usage }: UsageRow): ScannedCall | undefined {
    if (turn !== undefined && turn !== this.#state.turn.id) this.#change({ turn: { ...noTurn, id: turn } })
    this.#change({ recorded: vector(usage) })
    return isNothing(usage) ? undefined : this.#addCall(at, usage, response)
  }

  #readCount({ at, total, last }: CountRow): ScannedCall | undefined {
    const before = this.#state
    if (total === undefined || last === undefined) {
      // The first row of a process, before a response.
      if (before.total !== undefined) this.#change({ total: undefined, restarts: before.restarts + 1 })
      return undefined
    }
    const totals = vector(total)
    if (isSame(totals, before.total)) return undefined
    this.#change({ total: totals, recorded: undefined })
    // After a compaction, and when the context is full, the row has an estimate and no response.
    if (isNothing(last) || isSame(vector(last), before.recorded)) return undefined
    // A fork that refers to the rollout of its parent may begin with the parent's last totals.
    if (this.#isFork() && before.total === undefined && before.turn.id !== undefined && !before.hasOutput) return undefined
    if (this.#isMigratedCopy()) return undefined
    return this.#addCall(at, last, undefined, totals)
  }

  #isFork(): boolean {
    const [own] = this.#state.threads
    return own !== undefined && own.parent !== undefined
  }

  /** A migration of old rollouts leaves the copied rows of a fork, and takes away what says whose they are. */
  #isMigratedCopy(): boolean {
    const { threads, turn, copiedUntil } = this.#state
    return copiedUntil !== undefined && turn.id === undefined && threads.length === 1 && threads[0]!.isPaginated
  }

  #addCall(at: number, usage: Usage, response: string | undefined, totals?: readonly number[]): ScannedCall | undefined {
    const { threads, turn, restarts, model, tier, root = this.#threadFromName } = this.#state
    const owner = this.#owner()
    const isOwn = owner === undefined || owner === threads[0]
    const calls = turn.calls + 1
    this.#change({ turn: { ...turn, calls } })
    const key = turn.id === undefined ? `${root}#${response ?? `${restarts}:${(totals ?? []).join('/')}`}` : `${turn.id}#${calls}`
    const input = usage.input - usage.cached - usage.written
    return {
      key: boundedKey(`codex:${key}`),
      at,
      model: turn.model ?? model ?? UNKNOWN_MODEL,
      session_id: owner?.session ?? this.#threadFromName,
      cwd: turn.cwd ?? owner?.cwd,
      git_branch: owner?.branch,
      agent: 'codex',
      speed: undefined,
      service_tier: tier,
      inference_geo: undefined,
      outcome: undefined,
      source: undefined,
      version: owner?.version,
      agent_id: owner?.isSubagent === true ? owner.id : undefined,
      request_id: response,
      is_sidechain: owner?.isSubagent === true,
      input: Math.max(0, input),
      output: usage.output,
      write_5m: usage.written,
      write_1h: 0,
      read: usage.cached,
      web_searches: undefined,
      prompt: undefined,
      // Of a call and its copy in another rollout, the call is the better record.
      unfinished: isOwn ? false : undefined,
      odd: usage.isOdd || input < 0 ? true : undefined,
      as_of: undefined,
    }
  }

  /** The thread that made a call: the newest of those that existed when its turn began. */
  #owner(): ThreadRow | undefined {
    const { threads, turn, copiedUntil } = this.#state
    const [own, parent] = threads
    if (own === undefined) return undefined
    if (turn.id === undefined) return parent !== undefined && copiedUntil !== undefined ? parent : own
    const began = timeOfUuid(turn.id)
    if (own.created <= began) return own
    const owners = threads.filter(({ created }) => created <= began).sort((a, b) => b.created - a.created)
    // A migration of rollouts removes the first rows of parents.
    return owners[0] ?? { ...own, id: own.parent ?? own.id, session: own.parent ?? own.session, isSubagent: false }
  }
}

/** The rows of a copy follow each other within this time, and no call is answered so soon. */
const COPY_MS = 20

function parseState(text: string): State | undefined {
  return text.startsWith(`{"form":${FORM},`) ? (JSON.parse(text) as State) : undefined
}

function vector({ input, cached, output, reasoning }: Usage): number[] {
  return [input, cached, output, reasoning]
}

function isSame(a: readonly number[], b: readonly number[] | undefined): boolean {
  return b !== undefined && a.every((count, index) => count === b[index])
}

function isNothing({ input, output, cached, isOdd }: Usage): boolean {
  return input === 0 && output === 0 && cached === 0 && !isOdd
}

/** The time in a UUID of version 7, in milliseconds since 1970; of another version, a time later than any thread's. */
function timeOfUuid(uuid: string): number {
  return uuid[14] === '7' ? Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16) : Number.POSITIVE_INFINITY
}
