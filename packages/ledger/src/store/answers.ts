import type { KnownAnswers } from '@signalbox/usage/output-estimate'
import { type CallBatch, COLUMNS, column } from '../transcript/call-batch.ts'
import { type Meta, metaNumber } from './meta.ts'
import type { Store } from './open-store.ts'

/** An answer whose output is known, with the model that gave it. */
export interface KnownAnswer extends KnownAnswers {
  readonly model: string
}

/**
 * What estimates are made from: how much finished answers hold, and the sessions whose estimates are due. All functions that write run
 * inside a transaction of the caller.
 */
export interface Answers {
  /** Stores the finished answers of a batch, and notes the sessions whose estimates it changes. */
  write(batch: CallBatch): void
  /** Notes that the estimates of these sessions have to be worked out again. */
  setDue(sessions: Iterable<string>): void
  due(): string[]
  setDone(sessions: Iterable<string>): void
  /** The answers whose output is known. */
  known(): KnownAnswer[]
  countKnown(): number
}

/** More of them do not make an estimate better. */
const MAX_KNOWN_ANSWERS = 20_000
/** With so many times the known answers, estimates that were made before may be better. */
const GROWTH = 2

export function openAnswers(store: Store, meta: Meta): Answers {
  const put = store.prepare(
    `INSERT INTO known_answers (key, text, tool_input, thinking, output) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET text = max(text, excluded.text), tool_input = max(tool_input, excluded.tool_input),
       thinking = max(thinking, excluded.thinking), output = max(output, excluded.output)`,
  )
  const setDue = store.prepare('INSERT OR IGNORE INTO estimates_due (session) VALUES (?)')
  const setAllDue = store.prepare(
    `INSERT OR IGNORE INTO estimates_due
     SELECT session FROM places WHERE id IN (SELECT place FROM slices WHERE open_calls > 0)`,
  )
  const due = store.prepare<[], string>('SELECT session FROM estimates_due').pluck()
  const setDone = store.prepare('DELETE FROM estimates_due WHERE session = ?')
  const known = store.prepare<[], KnownAnswer>(
    `SELECT places.model, 1 AS calls, text, tool_input, thinking, known_answers.output
     FROM known_answers JOIN calls ON calls.key = known_answers.key JOIN places ON places.id = calls.place`,
  )
  const countKnown = store.prepare<[], number>('SELECT count(*) FROM known_answers').pluck()
  return {
    write(batch) {
      for (const session of findUnfinishedSessions(batch)) setDue.run(session)
      const { knownAnswers } = batch
      if (knownAnswers.length === 0 || countKnown.get()! >= MAX_KNOWN_ANSWERS) return
      for (const { key, text, tool_input, thinking, output } of knownAnswers) put.run(key, text, tool_input, thinking, output)
      noteGrowth()
    },
    setDue(sessions) {
      for (const session of sessions) setDue.run(session)
    },
    due: () => due.all(),
    setDone(sessions) {
      for (const session of sessions) setDone.run(session)
    },
    known: () => known.all(),
    countKnown: () => countKnown.get()!,
  }

  /** Has all estimates made again when much more is known about the user's own calls. */
  function noteGrowth(): void {
    const count = countKnown.get()!
    if (count < GROWTH * Math.max(1, metaNumber(meta, 'known_answers'))) return
    meta.set('known_answers', String(count))
    setAllDue.run()
  }
}

/** Whether an estimate has to be worked out; most runs find none, and prepare no other statement for it. */
export function hasDueEstimates(store: Store): boolean {
  return store.prepare('SELECT 1 FROM estimates_due LIMIT 1').get() !== undefined
}

function findUnfinishedSessions({ labels, numbers }: CallBatch): Set<string> {
  const sessions = new Set<string>()
  for (let row = 0; row < numbers.length; row += COLUMNS) {
    if (numbers[row + column.unfinished] === 1) sessions.add(labels[numbers[row + column.label]!]!.session_id ?? '')
  }
  return sessions
}
