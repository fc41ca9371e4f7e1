import type { Answer, AskedQuestion, Question, QuestionContent, QuestionOutcome } from '@signalbox/contract/question'
import type { Clock } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { QuestionRelay, RelayedQuestion } from '../store/question-relay.ts'
import { checkAnswer } from './check-answer.ts'
import { type Answerer, describeQuestion, type HeldQuestion } from './held-question.ts'
import { type NewQuestion, QuestionBoard, type QuestionListener } from './question-board.ts'
import { answeredAlready, noSuchQuestion } from './question-error.ts'
import type { TextSealer } from './text-sealer.ts'

export interface QuestionsOptions {
  readonly clock: Clock
  readonly publish: QuestionListener
  /** Where several hubs share a store. */
  readonly relay: QuestionRelay | undefined
  readonly sealer: TextSealer
  /** Names this hub. */
  readonly hub: string
  readonly warn: (error: unknown, message: string) => void
}

/** The questions that this hub was asked, and, where several hubs share a store, those of the others. */
export class Questions {
  readonly #options: QuestionsOptions
  readonly #board: QuestionBoard
  /** What is on its way to the relay, by question: its changes stay in order. */
  readonly #relayed = new Map<string, Promise<void>>()

  constructor(options: QuestionsOptions) {
    this.#options = options
    this.#board = new QuestionBoard(options.clock, (event, question) => {
      options.publish(event, question)
      if (event === 'question.asked') this.#offer(question)
      if (event === 'question.ended') this.#relay(question.question_id, (relay, now) => relay.end(question, now))
    })
  }

  /** @throws HubError as `QuestionBoard.ask` */
  ask(question: NewQuestion): HeldQuestion {
    return this.#board.ask(question)
  }

  /** Whether this hub was asked it. */
  isOwn(id: string): boolean {
    return this.#board.list().some(({ fields }) => fields.question_id === id)
  }

  /** One that this hub was asked. @throws HubError `not_found` */
  own(id: string): HeldQuestion {
    return this.#board.find(id)
  }

  wait(id: string, ms: number, gone: AbortSignal): Promise<HeldQuestion> {
    return this.#board.wait(id, ms, gone)
  }

  end(id: string, outcome: QuestionOutcome): Promise<Question | undefined> {
    return this.#board.end(id, outcome)
  }

  /** All that are known, oldest first. */
  async list(): Promise<AskedQuestion[]> {
    const own = this.#board.list().map(askedOf)
    const ids = new Set(own.map(({ question_id }) => question_id))
    const others = (await this.#options.relay?.list()) ?? []
    return [...own, ...others.filter(({ question }) => !ids.has(question.question_id)).map((one) => this.#askedElsewhere(one))].sort(
      (a, b) => Date.parse(a.asked_at) - Date.parse(b.asked_at),
    )
  }

  /** @throws HubError `not_found` */
  async find(id: string): Promise<AskedQuestion> {
    const own = this.#board.list().find(({ fields }) => fields.question_id === id)
    if (own !== undefined) return askedOf(own)
    const other = await this.#options.relay?.find(id)
    if (other === undefined) throw noSuchQuestion(id)
    return this.#askedElsewhere(other)
  }

  /**
   * Takes the first answer, of all hubs.
   * @param record stores it in the audit log
   * @throws HubError as `QuestionBoard.answer`
   */
  async answer(id: string, by: Answerer, answer: Answer, record: (question: Question) => Promise<void>): Promise<Question> {
    if (!this.isOwn(id)) return await this.#answerElsewhere(id, by, answer, record)
    const { relay } = this.#options
    if (relay === undefined) return await this.#board.answer(id, by, answer, record)
    // What was asked just now may still be on its way.
    await this.#relayed.get(id)
    return await this.#board.answer(id, by, answer, (answered) => this.#recordOnce(relay, answered, answer, record))
  }

  /** Another hub has taken an answer to a question that this one was asked. */
  async collectAnswer(id: string): Promise<void> {
    const { relay, sealer } = this.#options
    const own = this.#board.list().find(({ fields }) => fields.question_id === id)
    if (relay === undefined || own === undefined || own.answered !== undefined || own.ended !== undefined) return
    const found = await relay.find(id)
    const answered = found?.question.answered
    if (found?.answer === undefined || answered === undefined) return
    const opened = sealer.open(found.answer, placeOf(id, 'answer'))
    if (opened === undefined) return
    const answer = JSON.parse(opened) as Answer
    this.#board.adopt(id, { via: answered.via, by: answered.by }, answer, Date.parse(answered.at))
  }

  /** Ends what has to end. @returns those that it has ended */
  sweep(): Question[] {
    return this.#board.sweep()
  }

  /** Says to the other hubs that this one is there, and collects what their events did not bring. */
  async keepRelay(): Promise<void> {
    const { relay, clock } = this.#options
    if (relay === undefined) return
    const open = this.#board.list().filter(({ ended }) => ended === undefined)
    if (open.length > 0) {
      const ids = open.map(({ fields }) => fields.question_id)
      await relay.keepAlive(ids, clock.now())
      for (const id of ids) await this.collectAnswer(id)
    }
    await relay.sweep(clock.now())
  }

  close(): void {
    this.#board.close()
  }

  #offer(question: Question): void {
    const { content } = this.#board.find(question.question_id)
    const sealed = this.#options.sealer.seal(JSON.stringify(content), placeOf(question.question_id, 'content'))
    this.#relay(question.question_id, (relay, now) => relay.offer(question, sealed, now))
  }

  #relay(id: string, change: (relay: QuestionRelay, now: number) => Promise<void>): void {
    const { relay, clock, warn } = this.#options
    if (relay === undefined) return
    const before = this.#relayed.get(id) ?? Promise.resolve()
    const changed = before
      .then(() => change(relay, clock.now()))
      .catch((error: unknown) => warn(error, 'a question did not reach the other hubs'))
    this.#relayed.set(id, changed)
    void changed.then(() => {
      if (this.#relayed.get(id) === changed) this.#relayed.delete(id)
    })
  }

  async #answerElsewhere(id: string, by: Answerer, answer: Answer, record: (question: Question) => Promise<void>): Promise<Question> {
    const { relay, clock, publish } = this.#options
    const { content, ...question } = await this.find(id)
    if (relay === undefined || question.state !== 'open') throw answeredAlready(question)
    if (content === undefined) {
      throw new HubError('conflict', 'Another hub was asked, and this one cannot read it', {
        suggestion: 'Set the same SECRET_KEY for all hubs, or answer in the terminal.',
      })
    }
    checkAnswer(answer, question.kind, content)
    const at = new Date(clock.now()).toISOString()
    const answered: Question = { ...question, state: 'answered', answered: { decision: answer.decision, ...by, at } }
    await this.#recordOnce(relay, answered, answer, record)
    publish('question.answered', answered)
    return answered
  }

  /** Records an answer if no other hub has one. @throws HubError `conflict` with who was first */
  async #recordOnce(
    relay: QuestionRelay,
    answered: Question,
    answer: Answer,
    record: (question: Question) => Promise<void>,
  ): Promise<void> {
    const { hub, clock, sealer } = this.#options
    const { question_id: id } = answered
    if (!(await relay.reserve(id, hub, clock.now()))) {
      const found = (await relay.find(id))?.question
      // It never reached the other hubs, so none of them can answer it.
      if (found === undefined && this.isOwn(id)) return await record(answered)
      throw wasFirst(found, answered)
    }
    try {
      await record(answered)
    } catch (error) {
      await relay.release(id, hub).catch(() => {})
      throw error
    }
    const sealed = sealer.seal(JSON.stringify(answer), placeOf(id, 'answer'))
    if (!(await relay.answer(answered, sealed, hub))) throw wasFirst((await relay.find(id))?.question, answered)
  }

  #askedElsewhere({ question, content }: RelayedQuestion): AskedQuestion {
    // Undefined where the other hub has another SECRET_KEY.
    const opened = content === undefined ? undefined : this.#options.sealer.open(content, placeOf(question.question_id, 'content'))
    return { ...question, ...(opened === undefined ? {} : { content: JSON.parse(opened) as QuestionContent }) }
  }
}

const placeOf = (id: string, part: 'content' | 'answer') => `question/${id}/${part}`

/** @param found the question as the other hubs have it */
function wasFirst(found: Question | undefined, { answered: _, ...question }: Question): HubError {
  if (found?.state === 'open') {
    return new HubError('conflict', 'Another answer is being recorded', {
      suggestion: 'Ask for it once more in a moment.',
      details: { ...found },
    })
  }
  return answeredAlready(found ?? { ...question, state: 'ended', outcome: 'lost' })
}

function askedOf(held: HeldQuestion): AskedQuestion {
  return { ...describeQuestion(held), ...(held.content === undefined ? {} : { content: held.content }) }
}
