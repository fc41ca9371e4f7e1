import { callFieldsOf } from '@signalbox/contract/call-field'
import type { CostState } from './claude-code/cost-state.ts'
import type { KnownAnswer, MeasuredAnswer } from './measured-answer.ts'
import { type ScannedCall, shapedCall } from './scanned-call.ts'

const labelNames = [...callFieldsOf('name'), 'is_sidechain'] as const

/** The fields that many calls share. */
export type CallLabel = Pick<ScannedCall, (typeof labelNames)[number]>

/** A session that has a call, where several have it with the same time, or that made it by the words of a row in another session. */
export interface CopiedCall {
  readonly key: string
  readonly session: string
  readonly isNamed: boolean
}

/** Calls with unique keys in columns: compact, and fast to transfer between threads. */
export interface CallBatch {
  readonly keys: readonly string[]
  readonly requestIds: readonly (string | undefined)[]
  readonly labels: readonly CallLabel[]
  /** `COLUMNS` numbers per call, in the order of `column`. */
  readonly numbers: Float64Array<ArrayBuffer>
  readonly copies: readonly CopiedCall[]
  readonly costStates: readonly CostState[]
  /** Some finished answers: how much they hold, and their output. */
  readonly knownAnswers: readonly KnownAnswer[]
}

/**
 * The indexes in a call's row of numbers. `at` and `as_of` are in milliseconds, `label` is an index, marks are 0 or 1; those that may be
 * absent are -1 then. The lengths of an answer, in bytes, are of calls without a final record.
 */
export const column = {
  at: 0,
  label: 1,
  input: 2,
  output: 3,
  write_5m: 4,
  write_1h: 5,
  read: 6,
  web_searches: 7,
  prompt: 8,
  unfinished: 9,
  odd: 10,
  as_of: 11,
  text_bytes: 12,
  tool_bytes: 13,
  thinking_bytes: 14,
} as const
export const COLUMNS = 15

/** Calls by key, the copies of them in other sessions, what sessions have recorded, and how much answers hold. */
export class ScannedCalls {
  readonly byKey = new Map<string, ScannedCall>()
  costStates: CostState[] = []
  /** By key, where further files have rows of the call. */
  readonly #otherAnswers = new Map<string, MeasuredAnswer[]>()
  readonly #copies = new Map<string, CopiedCall>()

  get size(): number {
    return this.byKey.size
  }

  /** Notes that two sessions have a call with the same time: which of them made it is decided when all files are read. */
  addCopies(key: string, ...sessions: readonly string[]): void {
    for (const session of sessions) {
      const name = `${session}\n${key}`
      if (!this.#copies.has(name)) this.#copies.set(name, { key, session, isNamed: false })
    }
  }

  /** Notes the session that made a call, which a row in another session says: it holds for every file. */
  addMaker(key: string, session: string): void {
    this.#copies.set(`${session}\n${key}`, { key, session, isNamed: true })
  }

  /** Notes how much an answer holds, as far as its rows were read. Another file may have had more of its rows. */
  addAnswer(call: ScannedCall, answer: MeasuredAnswer): void {
    if (call.answer === answer) return
    if (call.answer === undefined) {
      call.answer = answer
      return
    }
    const others = this.#otherAnswers.get(call.key)
    if (others === undefined) this.#otherAnswers.set(call.key, [answer])
    else if (!others.includes(answer)) others.push(answer)
  }

  pack(): CallBatch {
    return packCalls(this.byKey, {
      copies: [...this.#copies.values()],
      costStates: this.costStates,
      otherAnswers: this.#otherAnswers,
    })
  }

  clear(): void {
    this.byKey.clear()
    this.#copies.clear()
    this.costStates = []
    this.#otherAnswers.clear()
  }
}

/** What a batch has beside the calls. */
interface BesideCalls {
  readonly copies?: readonly CopiedCall[]
  readonly costStates?: readonly CostState[]
  readonly otherAnswers?: ReadonlyMap<string, readonly MeasuredAnswer[]>
}

export function packCalls(
  calls: ReadonlyMap<string, ScannedCall>,
  { copies = [], costStates = [], otherAnswers = new Map() }: BesideCalls = {},
): CallBatch {
  const keys = new Array<string>(calls.size)
  const requestIds = new Array<string | undefined>(calls.size)
  // A call of each label: comparing calls with calls keeps to one shape of objects.
  const firsts: ScannedCall[] = []
  const indexes = new Map<string, number>()
  const numbers = new Float64Array(calls.size * COLUMNS)
  const knownAnswers: KnownAnswer[] = []
  let label = -1
  let row = 0
  for (const call of calls.values()) {
    // Most calls of a file have the same label as the one before.
    if (label === -1 || !matchesLabel(call, firsts[label]!)) label = indexOfLabel(call, firsts, indexes)
    packNumbers(call, label, numbers, row * COLUMNS)
    if (call.answer !== undefined) {
      const others = otherAnswers.size === 0 ? undefined : otherAnswers.get(call.key)
      packAnswer(call, others === undefined ? call.answer : largestOf([call.answer, ...others]), numbers, row * COLUMNS, knownAnswers)
    }
    requestIds[row] = call.request_id
    keys[row++] = call.key
  }
  return { keys, requestIds, labels: firsts.map(labelOf), numbers, copies, costStates, knownAnswers }
}

/** Adds how much the answer of a call without a final record holds; that of a finished call that was measured goes to `known`. */
function packAnswer(call: ScannedCall, answer: MeasuredAnswer, numbers: Float64Array, row: number, known: KnownAnswer[]): void {
  if (call.unfinished === true) {
    numbers[row + column.text_bytes] = answer.text
    numbers[row + column.tool_bytes] = answer.tool_input
    numbers[row + column.thinking_bytes] = answer.thinking
  } else if (answer.output !== undefined) known.push({ ...answer, output: answer.output })
}

/** Of several files, the one that has more of an answer's rows says how much it holds. */
function largestOf(ofFiles: readonly MeasuredAnswer[]): MeasuredAnswer {
  const largest = { ...ofFiles[0]! }
  for (const { text, tool_input, thinking, output } of ofFiles) {
    largest.text = Math.max(largest.text, text)
    largest.tool_input = Math.max(largest.tool_input, tool_input)
    largest.thinking = Math.max(largest.thinking, thinking)
    largest.output = output ?? largest.output
  }
  return largest
}

/**
 * Copies a batch from another thread into an object of the same shape as local ones. With two shapes, the engine would
 * discard optimised code again and again.
 */
export function adoptBatch(batch: CallBatch): CallBatch {
  const { keys, requestIds, labels, numbers, copies, costStates, knownAnswers } = batch
  return { keys, requestIds, labels, numbers, copies, costStates, knownAnswers }
}

// The fields are written out here and in matchesLabel, which run for each call: a test holds them to the table of fields.
function packNumbers(call: ScannedCall, label: number, numbers: Float64Array, row: number): void {
  numbers[row + column.at] = call.at
  numbers[row + column.label] = label
  numbers[row + column.input] = call.input
  numbers[row + column.output] = call.output
  numbers[row + column.write_5m] = call.write_5m
  numbers[row + column.write_1h] = call.write_1h
  numbers[row + column.read] = call.read
  numbers[row + column.web_searches] = call.web_searches ?? -1
  numbers[row + column.prompt] = call.prompt ?? -1
  numbers[row + column.unfinished] = markNumber(call.unfinished)
  numbers[row + column.odd] = markNumber(call.odd)
  numbers[row + column.as_of] = call.as_of ?? -1
  numbers[row + column.text_bytes] = -1
  numbers[row + column.tool_bytes] = -1
  numbers[row + column.thinking_bytes] = -1
}

function markNumber(mark: boolean | undefined): number {
  return mark === undefined ? -1 : mark ? 1 : 0
}

/** The labels that calls alternate between: those of a session and of its subagents. */
const RECENT_LABELS = 8

function indexOfLabel(call: ScannedCall, firsts: ScannedCall[], indexes: Map<string, number>): number {
  const oldest = Math.max(0, firsts.length - RECENT_LABELS)
  for (let index = firsts.length - 1; index >= oldest; index--) if (matchesLabel(call, firsts[index]!)) return index
  const text = JSON.stringify(labelNames.map((name) => call[name]))
  let index = indexes.get(text)
  if (index === undefined) {
    index = firsts.length
    indexes.set(text, index)
    firsts.push(call)
  }
  return index
}

function labelOf(call: ScannedCall): CallLabel {
  return Object.fromEntries(labelNames.map((name) => [name, call[name]])) as unknown as CallLabel
}

/** Whether the call has exactly this label. */
export function matchesLabel(call: ScannedCall, label: ScannedCall): boolean {
  return (
    call.session_id === label.session_id &&
    call.model === label.model &&
    call.agent_id === label.agent_id &&
    call.cwd === label.cwd &&
    call.git_branch === label.git_branch &&
    call.version === label.version &&
    call.is_sidechain === label.is_sidechain &&
    call.speed === label.speed &&
    call.service_tier === label.service_tier &&
    call.inference_geo === label.inference_geo &&
    call.agent === label.agent &&
    call.outcome === label.outcome &&
    call.source === label.source
  )
}

export function unpackCall({ keys, requestIds, labels, numbers }: CallBatch, index: number): ScannedCall {
  const row = index * COLUMNS
  const optional = (nth: number) => (numbers[row + nth] === -1 ? undefined : numbers[row + nth])
  const mark = (nth: number) => (numbers[row + nth] === -1 ? undefined : numbers[row + nth] === 1)
  return shapedCall({
    key: keys[index]!,
    at: numbers[row + column.at]!,
    ...labels[numbers[row + column.label]!]!,
    request_id: requestIds[index],
    input: numbers[row + column.input]!,
    output: numbers[row + column.output]!,
    write_5m: numbers[row + column.write_5m]!,
    write_1h: numbers[row + column.write_1h]!,
    read: numbers[row + column.read]!,
    web_searches: optional(column.web_searches),
    prompt: optional(column.prompt),
    unfinished: mark(column.unfinished),
    odd: mark(column.odd),
    as_of: optional(column.as_of),
  } as ScannedCall)
}
