import type { Answer, AskedQuestion, Question, QuestionLink } from '@signalbox/contract/question'
import { AlertCalls } from './alert-calls.ts'
import type { CallOptions } from './call-options.ts'

/** What people do with the questions of sessions. */
export class QuestionCalls extends AlertCalls {
  /** Scope `answer`. */
  getQuestion(questionId: string, { signal }: CallOptions = {}): Promise<AskedQuestion> {
    return this.http.send({ method: 'GET', path: '/api/questions/:id', id: questionId, signal })
  }

  /**
   * Answers a question, once. Rejects with a ConflictError when another answer was first; its `details` are the question with who
   * that was. Not repeated after a lost response: it may have counted. Scope `answer`.
   */
  answerQuestion(questionId: string, answer: Answer, { signal }: CallOptions = {}): Promise<Question> {
    return this.http.send({ method: 'POST', path: '/api/questions/:id/answer', id: questionId, body: answer, retry: false, signal })
  }

  /** A link with which anybody can answer the question once, without a key. Scope `answer`. */
  createQuestionLink(questionId: string, { signal }: CallOptions = {}): Promise<QuestionLink> {
    return this.http.send({ method: 'POST', path: '/api/questions/:id/links', id: questionId, body: {}, retry: false, signal })
  }
}
