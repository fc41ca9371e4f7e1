import { totalOf } from '../cost-state/recorded-runs.ts'
import { type CallBatch, COLUMNS, column } from '../transcript/call-batch.ts'
import type { CostState } from '../transcript/claude-code/cost-state.ts'
import type { Store } from './open-store.ts'

/**
 * What Claude Code has recorded for sessions, a row for each line of the type `cost-state`. All functions that write run inside a
 * transaction of the caller.
 */
export interface CostStates {
  /** Stores the lines of a batch, and notes which sessions have to be worked out again because of its lines and calls. */
  write(batch: CallBatch): void
  /** Notes that calls of these sessions have changed. */
  unsettle(sessions: Iterable<string>): void
  /** The sessions that have to be worked out, with those whose lines decide what they began with. */
  unsettled(): string[]
  settle(session: string): void
  linesOf(session: string): CostState[]
  /** The lines of other sessions with the same start. */
  relativesOf(session: string, start: number): CostState[]
}

/** A subagent's rows of a run may be read after the line that ends the run, and are younger than the last time before the line. */
const LATE_ROWS_MS = 600_000

interface Row {
  readonly session: string
  readonly start: number
  readonly duration: number
  readonly at: number | null
  readonly models: string
}

/** Whether a session has to be worked out; most runs find none, and prepare no other statement for it. */
export function hasUnsettledCostStates(store: Store): boolean {
  return store.prepare('SELECT 1 FROM cost_states WHERE settled = 0 LIMIT 1').get() !== undefined
}

export function openCostStates(store: Store): CostStates {
  // Lines with the same times are copies of one line, or have no times: the larger sums are the later ones.
  const put = store.prepare(
    `INSERT INTO cost_states (session, start, duration, at, tokens, models, settled) VALUES (?, ?, ?, ?, ?, ?, 0)
     ON CONFLICT DO UPDATE SET at = coalesce(max(at, excluded.at), at, excluded.at), tokens = max(tokens, excluded.tokens),
       models = iif(excluded.tokens > tokens, excluded.models, models), settled = 0
     WHERE excluded.tokens > tokens OR excluded.at > coalesce(at, 0)`,
  )
  const lastTime = store.prepare<[string], number>('SELECT max(coalesce(at, start + duration)) FROM cost_states WHERE session = ?').pluck()
  const hasLines = store.prepare('SELECT 1 FROM cost_states LIMIT 1')
  const unsettle = store.prepare('UPDATE cost_states SET settled = 0 WHERE session = ? AND settled = 1')
  const settle = store.prepare('UPDATE cost_states SET settled = 1 WHERE session = ? AND settled = 0')
  const unsettled = store
    .prepare<[], string>(
      `SELECT session FROM cost_states WHERE settled = 0
       UNION SELECT session FROM cost_states WHERE start > 0 AND start IN (SELECT start FROM cost_states WHERE settled = 0)`,
    )
    .pluck()
  const lines = store.prepare<[string], Row>('SELECT * FROM cost_states WHERE session = ?')
  const relatives = store.prepare<[number, string], Row>('SELECT * FROM cost_states WHERE start = ? AND session <> ?')
  return {
    write(batch) {
      for (const line of batch.costStates) {
        put.run(line.session, line.start, line.duration, line.at ?? null, totalOf(line), JSON.stringify(line.models))
      }
      for (const session of findLateSessions(batch)) unsettle.run(session)
    },
    unsettle(sessions) {
      for (const session of sessions) unsettle.run(session)
    },
    unsettled: () => unsettled.all(),
    settle: (session) => void settle.run(session),
    linesOf: (session) => lines.all(session).map(toLine),
    relativesOf: (session, start) => (start === 0 ? [] : relatives.all(start, session).map(toLine)),
  }

  /** The sessions whose lines were stored before calls that they have recorded. */
  function findLateSessions({ labels, numbers }: CallBatch): Set<string> {
    const late = new Set<string>()
    if (hasLines.get() === undefined) return late
    const recordedUntil = labels.map(({ session_id, source }) =>
      session_id === undefined || source !== undefined ? null : (lastTime.get(session_id) ?? null),
    )
    if (recordedUntil.every((time) => time === null)) return late
    for (let row = 0; row < numbers.length; row += COLUMNS) {
      const label = numbers[row + column.label]!
      const { session_id, is_sidechain } = labels[label]!
      const until = recordedUntil[label]!
      if (until !== null && numbers[row + column.at]! <= until + (is_sidechain ? LATE_ROWS_MS : 0)) late.add(session_id!)
    }
    return late
  }
}

function toLine({ session, start, duration, at, models }: Row): CostState {
  return { session, start, duration, at: at ?? undefined, models: JSON.parse(models) as CostState['models'] }
}
