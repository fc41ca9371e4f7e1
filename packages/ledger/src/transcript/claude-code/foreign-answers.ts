import { foreignKey } from '@signalbox/usage/call-key'
import { boundedKey } from '../field.ts'
import type { ScannedCall } from '../scanned-call.ts'
import type { ForeignRecord } from './parse-record.ts'

/** A call whose message id is not unique, with what the next records of it are known by. */
interface OpenAnswer {
  readonly id: string
  readonly requestId: string
  readonly promptId: string | undefined
  readonly key: string
  /** The time of the last record, in milliseconds. */
  at: number
  prompt: readonly number[]
  output: number
  /** Whether a record said why the answer ended. */
  isFinal: boolean
  /** The uuids of its latest records. */
  uuids: string[]
}

/** Answers that further records may belong to: those of a session and of its subagents at work. */
const MAX_OPEN_ANSWERS = 8
const MAX_UUIDS = 32
/** Records of one answer that are not linked follow each other within this time, in milliseconds. */
const MAX_PAUSE_MS = 60_000

/**
 * Gives calls their keys where the writer's message ids repeat, as those of relays do, in one file. Each streamed block of an answer has
 * a record of its own; the records of one answer are linked by their uuids, or at least have the same prompt figures.
 */
export class ForeignAnswers {
  #open: OpenAnswer[] = []

  /** @param stored as `toText` wrote it */
  start(stored: string): void {
    this.#open = stored === '' ? [] : (JSON.parse(stored) as OpenAnswer[])
  }

  /** The answers that further records may belong to, for the state of the file; empty for none. */
  toText(): string {
    return this.#open.length === 0 ? '' : JSON.stringify(this.#open)
  }

  /** @returns the calls of a record, with their keys */
  toCalls(record: ForeignRecord): ScannedCall[] {
    const call = record.calls[0]!
    const answer = this.#open.findLast((open) => continues(open, record, call)) ?? this.#begin(record, call)
    answer.at = Math.max(answer.at, call.at)
    answer.prompt = promptOf(call)
    answer.output = call.output
    answer.isFinal ||= call.unfinished === false
    if (record.uuid !== undefined && !answer.uuids.includes(record.uuid)) answer.uuids = [...answer.uuids, record.uuid].slice(-MAX_UUIDS)
    return record.calls.map((inner) => ({ ...inner, key: boundedKey(answer.key + inner.key) }))
  }

  #begin({ id, requestId, promptId }: ForeignRecord, call: ScannedCall): OpenAnswer {
    const prompt = promptOf(call)
    const key = foreignKey(id, requestId, call.at, prompt)
    const answer: OpenAnswer = { id, requestId, promptId, key, at: call.at, prompt, output: call.output, isFinal: false, uuids: [] }
    this.#open = [...this.#open, answer].slice(-MAX_OPEN_ANSWERS)
    return answer
  }
}

function promptOf({ input, write_5m, write_1h, read }: ScannedCall): readonly number[] {
  return [input, write_5m + write_1h, read]
}

function continues(open: OpenAnswer, record: ForeignRecord, call: ScannedCall): boolean {
  if (open.id !== record.id || open.requestId !== record.requestId) return false
  if (open.promptId !== undefined && record.promptId !== undefined && open.promptId !== record.promptId) return false
  const isSamePrompt = promptOf(call).every((tokens, index) => tokens === open.prompt[index])
  if (isSamePrompt && record.uuid !== undefined && open.uuids.includes(record.uuid)) return true
  if (record.parentUuid !== undefined && open.uuids.includes(record.parentUuid)) return isSamePrompt || !open.isFinal
  return isSamePrompt && Math.abs(call.at - open.at) <= MAX_PAUSE_MS && (!open.isFinal || call.output === open.output)
}
