import type { AnswerLengths } from '@signalbox/usage/output-estimate'
import type { MeasuredAnswer } from '../measured-answer.ts'
import type { ScannedCall } from '../scanned-call.ts'

/** Answers that further rows may belong to: those of a session and of its subagents at work. */
const MAX_OPEN_ANSWERS = 8

/**
 * Measures answers whose blocks have rows of their own, in one file: all whose output is not known, and some of the others, on which the
 * estimate is calibrated.
 */
export class AnswerMeter {
  readonly #open: MeasuredAnswer[] = []
  /** The place of the oldest one, which the next takes. */
  #oldest = 0
  #last: MeasuredAnswer | undefined

  /** @param stored as `toText` wrote it */
  start(stored: string): void {
    this.#open.length = 0
    this.#oldest = 0
    this.#last = stored === '' ? undefined : { output: undefined, ...(JSON.parse(stored) as Omit<MeasuredAnswer, 'output'>) }
    if (this.#last !== undefined) {
      this.#open.push(this.#last)
      this.#oldest = 1
    }
  }

  /** The answer that the next rows of the file may belong to, for the state of the file; empty for none. */
  toText(): string {
    return this.#last === undefined ? '' : JSON.stringify({ ...this.#last, output: undefined })
  }

  /** Whether the rows of a call are measured. */
  isMeasured({ key, unfinished, output }: ScannedCall): boolean {
    if (unfinished === undefined) return false
    return unfinished || key === this.#last?.key || (output > 0 && isSampled(key)) || this.#find(key) !== undefined
  }

  /** Adds a row to its answer. */
  add({ key, unfinished, output }: ScannedCall, lengths: AnswerLengths): MeasuredAnswer {
    const answer = this.#last?.key === key ? this.#last : (this.#find(key) ?? this.#begin(key))
    answer.text += lengths.text
    answer.tool_input += lengths.tool_input
    answer.thinking += lengths.thinking
    answer.output = unfinished ? undefined : output
    this.#last = answer
    return answer
  }

  #find(key: string): MeasuredAnswer | undefined {
    for (const answer of this.#open) if (answer.key === key) return answer
    return undefined
  }

  #begin(key: string): MeasuredAnswer {
    const answer: MeasuredAnswer = { key, text: 0, tool_input: 0, thinking: 0, output: undefined }
    this.#open[this.#oldest] = answer
    this.#oldest = (this.#oldest + 1) % MAX_OPEN_ANSWERS
    return answer
  }
}

/** One call in eight: ids end at random. */
function isSampled(key: string): boolean {
  return key.charCodeAt(key.length - 1) % 8 === 0
}
