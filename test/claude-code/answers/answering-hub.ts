import path from 'node:path'
import type { AuditEntry } from '@signalbox/contract/audit'
import type { Answer, AskedQuestion, QuestionLink } from '@signalbox/contract/question'
import { type Child, startNode } from '../../support/child.ts'
import { repositoryRoot } from '../../support/repository.ts'

export const KEY = 'sbx_key_of_the_answers_proof'
const HUB = path.join(repositoryRoot, 'apps/hub/src/main.ts')

/** A hub in its own process, on a port that stays the same, and those who answer there. */
export class AnsweringHub {
  readonly #folder: string
  #child: Child | undefined
  #cookie = ''
  url = ''

  constructor(folder: string) {
    this.#folder = folder
  }

  async start(): Promise<void> {
    const child = startNode([HUB], {
      ipc: true,
      env: {
        PORT: this.url === '' ? '0' : new URL(this.url).port,
        HOST: undefined,
        NODE_ENV: undefined,
        MONGODB_URI: undefined,
        CLAUDE_SYNC_API_KEY: undefined,
        DATA_DIR: this.#folder,
        API_KEYS: KEY,
        TIMEZONE: 'UTC',
        LOG_LEVEL: 'info',
        RATE_LIMIT_PER_MINUTE: '1000000',
        INGEST_LIMIT_PER_MINUTE: '1000000',
      },
    })
    this.#child = child
    this.url = await child.message((message) =>
      typeof message === 'object' && message !== null && 'listening' in message ? String(message.listening) : undefined,
    )
  }

  /** Ends it without a word, as a crash would. */
  async kill(): Promise<void> {
    await this.#child?.stop('SIGKILL')
    this.#child = undefined
  }

  get log(): string {
    return this.#child?.output() ?? ''
  }

  /** What waits for an answer in a session. */
  async openQuestions(session: string): Promise<AskedQuestion[]> {
    return await this.#ask('GET', `/api/questions?state=open&session_id=${session}`)
  }

  async question(id: string): Promise<AskedQuestion> {
    return await this.#ask('GET', `/api/questions/${id}`)
  }

  async audit(): Promise<AuditEntry[]> {
    return await this.#ask('GET', '/api/audit?limit=200&action=question.answered&action=question.ended')
  }

  /** Answers as a signed-in browser does. @returns the status */
  async answerOnPage(id: string, answer: Answer): Promise<number> {
    if (this.#cookie === '') {
      const signedIn = await fetch(`${this.url}/api/login`, { method: 'POST', headers: json, body: JSON.stringify({ key: KEY }) })
      this.#cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
    }
    const headers = { ...json, cookie: this.#cookie, origin: this.url }
    const response = await fetch(`${this.url}/api/questions/${id}/answer`, { method: 'POST', headers, body: JSON.stringify(answer) })
    await response.arrayBuffer()
    return response.status
  }

  async linkTo(id: string): Promise<string> {
    return (await this.#ask<QuestionLink>('POST', `/api/questions/${id}/links`, {})).url
  }

  /** Follows a link and presses a button of its page. @returns the status */
  async answerByLink(url: string, action: string): Promise<number> {
    const page = await fetch(url)
    if (!(await page.text()).includes(`value="${action}"`)) return page.status
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await fetch(url, { method: 'POST', headers, body: `action=${action}` })
    await response.arrayBuffer()
    return response.status
  }

  async #ask<T>(method: string, at: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}${at}`, {
      method,
      headers: { authorization: `Bearer ${KEY}`, ...(body === undefined ? {} : json) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
}

const json = { 'content-type': 'application/json' }
