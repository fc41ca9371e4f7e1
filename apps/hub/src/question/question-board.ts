import type { Answer, Question, QuestionContent, QuestionOutcome } from '@signalbox/contract/question'
import type { Clock } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import { checkAnswer } from './check-answer.ts'
import { type Answerer, describeQuestion, endQuestion, type HeldQuestion, type QuestionFields, takeAnswer } from './held-question.ts'
import { answeredAlready, noSuchQuestion, tooManyQuestions } from './question-error.ts'

/** Questions that may be open at once, and what they may show together: a person reads no more, and memory is not endless. */
const MAX_OPEN = 1_000
const MAX_OPEN_OF_MACHINE = 100
const MAX_CHARACTERS = 16_000_000
/** How long an ended question can be asked about. */
const KEEP_ENDED_MS = 10 * 60_000
const MAX_ENDED = 1_000
/** A hook that has not asked for so long is gone: its machine sleeps, or it was killed. */
export const HOOK_GRACE_MS = 30_000

export interface NewQuestion {
  readonly fields: QuestionFields
  readonly content: QuestionContent
  readonly askedAgoMs: number
  readonly expiresInMs: number
}

/** Notified after each change, with the question as people may see it. */
export type QuestionListener = (event: 'question.asked' | 'question.answered' | 'question.ended', question: Question) => void

interface Entry {
  question: HeldQuestion
  readonly characters: number
  /** When the hook waits no longer. By the monotonic clock, as what follows. */
  readonly expires: number
  /** When the hook was last there; it is there while it waits. */
  seenAt: number
  endedAt: number | undefined
  waiting: number
  /** An answer that is being recorded. */
  recording: Promise<void> | undefined
  readonly wakes: Set<() => void>
}

/**
 * The questions of sessions, in memory only: a hook asks its question again after a restart of the hub. The first answer counts.
 * It is recorded before the hook gets it, so an answer that a session has followed is never missing in the audit log.
 */
export class QuestionBoard {
  readonly #clock: Clock
  readonly #listener: QuestionListener
  readonly #entries = new Map<string, Entry>()
  readonly #closed = new AbortController()

  constructor(clock: Clock, listener: QuestionListener) {
    this.#clock = clock
    this.#listener = listener
  }

  /**
   * Puts a question; one that is known stays as it is, except that one whose hook was lost is open again.
   * @throws HubError `conflict` for an id of another machine, `rate_limit_exceeded` when there are too many
   */
  ask({ fields, content, askedAgoMs, expiresInMs }: NewQuestion): HeldQuestion {
    const [now, monotonic] = [this.#clock.now(), this.#clock.monotonic()]
    const known = this.#entries.get(fields.question_id)
    if (known !== undefined && !isSame(known.question.fields, fields)) {
      throw new HubError('conflict', `The id ${fields.question_id} is that of another question`, { suggestion: 'Use a random UUID.' })
    }
    if (known !== undefined && known.question.ended?.outcome !== 'lost') {
      known.seenAt = monotonic
      return known.question
    }
    const characters = JSON.stringify(content).length
    this.#requireRoom(fields.machine_id, characters)
    const question: HeldQuestion = {
      fields,
      content,
      askedAt: now - askedAgoMs,
      expiresAt: now + expiresInMs,
      answered: undefined,
      ended: undefined,
    }
    this.#entries.delete(fields.question_id)
    this.#entries.set(fields.question_id, {
      question,
      characters,
      expires: monotonic + expiresInMs,
      seenAt: monotonic,
      endedAt: undefined,
      waiting: 0,
      recording: undefined,
      wakes: new Set(),
    })
    this.#listener('question.asked', describeQuestion(question))
    return question
  }

  /** @throws HubError `not_found` */
  find(id: string): HeldQuestion {
    return this.#require(id).question
  }

  /** All that are known, oldest first. */
  list(): HeldQuestion[] {
    return [...this.#entries.values()].map(({ question }) => question).sort((a, b) => a.askedAt - b.askedAt)
  }

  /**
   * Waits until there is an answer or an end, for at most `ms` milliseconds.
   * @param gone aborted when the hook is gone
   * @throws HubError `not_found`
   */
  async wait(id: string, ms: number, gone: AbortSignal): Promise<HeldQuestion> {
    const entry = this.#require(id)
    entry.waiting++
    try {
      const isSettled = () => entry.question.answered !== undefined || entry.question.ended !== undefined
      const signals = [gone, this.#closed.signal]
      if (!isSettled() && ms > 0 && !signals.some(({ aborted }) => aborted)) {
        await new Promise<void>((resolve) => {
          const finish = () => {
            clearTimeout(timer)
            entry.wakes.delete(finish)
            for (const signal of signals) signal.removeEventListener('abort', finish)
            resolve()
          }
          const timer = setTimeout(finish, ms)
          entry.wakes.add(finish)
          for (const signal of signals) signal.addEventListener('abort', finish, { once: true })
        })
      }
      return entry.question
    } finally {
      entry.waiting--
      entry.seenAt = this.#clock.monotonic()
    }
  }

  /**
   * Takes the first answer.
   * @param record stores it in the audit log; the session gets the answer only after that
   * @throws HubError `not_found`, `conflict` with who was first, `validation_error`, or what `record` throws: then the question is open
   */
  async answer(id: string, by: Answerer, answer: Answer, record: (question: Question) => Promise<void>): Promise<Question> {
    const entry = this.#require(id)
    while (entry.recording !== undefined) await entry.recording
    const { question } = entry
    if (question.answered !== undefined || question.ended !== undefined || question.content === undefined) {
      throw answeredAlready(describeQuestion(question))
    }
    checkAnswer(answer, question.fields.kind, question.content)
    const answered = takeAnswer(question, by, answer, this.#clock.now())
    const recorded = record(describeQuestion(answered))
    entry.recording = recorded.catch(() => {})
    try {
      await recorded
      entry.question = answered
    } finally {
      entry.recording = undefined
    }
    this.#wake(entry)
    this.#listener('question.answered', describeQuestion(answered))
    return describeQuestion(answered)
  }

  /** Takes the answer that another hub has recorded and published. One that is answered or over stays as it is. */
  adopt(id: string, by: Answerer, answer: Answer, at: number): void {
    const entry = this.#entries.get(id)
    if (entry === undefined || entry.question.answered !== undefined || entry.question.ended !== undefined) return
    entry.question = takeAnswer(entry.question, by, answer, at)
    this.#wake(entry)
  }

  /** Ends a question; one that was taken for lost may be known after all. @returns it; undefined when it is not known or had ended before */
  async end(id: string, outcome: QuestionOutcome): Promise<Question | undefined> {
    const entry = this.#entries.get(id)
    // Its answer, once recorded, is the one that was not followed.
    while (entry?.recording !== undefined) await entry.recording
    if (entry === undefined) return undefined
    const before = entry.question.ended?.outcome
    if (before !== undefined && (before !== 'lost' || outcome === 'lost')) return undefined
    return this.#end(entry, outcome)
  }

  /** Ends the questions whose hooks are gone or wait no longer, and forgets old ones. @returns those that it has ended */
  sweep(): Question[] {
    const now = this.#clock.monotonic()
    const ended: Question[] = []
    let kept = 0
    for (const [id, entry] of [...this.#entries].reverse()) {
      if (entry.endedAt !== undefined) {
        if (now - entry.endedAt > KEEP_ENDED_MS || ++kept > MAX_ENDED) this.#entries.delete(id)
        continue
      }
      if (entry.recording !== undefined || entry.waiting > 0 || now - entry.seenAt <= HOOK_GRACE_MS) continue
      ended.push(this.#end(entry, now > entry.expires && entry.question.answered === undefined ? 'timed_out' : 'lost'))
    }
    return ended
  }

  /** Ends all waiting: hooks ask again at the next start. */
  close(): void {
    this.#closed.abort()
  }

  #end(entry: Entry, outcome: QuestionOutcome): Question {
    entry.question = endQuestion(entry.question, outcome, this.#clock.now())
    entry.endedAt = this.#clock.monotonic()
    this.#wake(entry)
    const described = describeQuestion(entry.question)
    this.#listener('question.ended', described)
    return described
  }

  #wake({ wakes }: Entry): void {
    for (const wake of [...wakes]) wake()
  }

  #require(id: string): Entry {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw noSuchQuestion(id)
    return entry
  }

  #requireRoom(machine: string, characters: number): void {
    const open = [...this.#entries.values()].filter(({ question }) => question.ended === undefined)
    const ofMachine = open.filter(({ question }) => question.fields.machine_id === machine).length
    const shown = open.reduce((sum, entry) => sum + entry.characters, characters)
    if (open.length >= MAX_OPEN || ofMachine >= MAX_OPEN_OF_MACHINE || shown > MAX_CHARACTERS) throw tooManyQuestions()
  }
}

function isSame(a: QuestionFields, b: QuestionFields): boolean {
  return a.machine_id === b.machine_id && a.session_id === b.session_id
}
