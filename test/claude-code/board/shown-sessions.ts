import type { Session } from '@signalbox/contract/session'
import type { TimelineRow } from '@signalbox/contract/session-timeline'

const PAGE_SIZE = 100

/** Reads the board as its page does, over HTTP. */
export class ShownSessions {
  readonly #url: () => string
  readonly #key: string

  constructor(url: () => string, key: string) {
    this.#url = url
    this.#key = key
  }

  /** All sessions by id. @throws TypeError when the hub does not answer */
  async all(): Promise<Map<string, Session>> {
    const sessions = await this.#pages<Session>('/sessions')
    return new Map(sessions.map((session) => [session.session_id, session]))
  }

  async live(): Promise<Map<string, Session>> {
    const sessions = await this.#pages<Session>('/sessions?status=active&status=paused&status=stalled')
    return new Map(sessions.map((session) => [session.session_id, session]))
  }

  /** Undefined for a session that is not on the board. */
  async one(sessionId: string): Promise<Session | undefined> {
    const response = await this.#get(`/sessions/${sessionId}`)
    return response.ok ? ((await response.json()) as Session) : undefined
  }

  /** Empty for a session that is not on the board. */
  async timeline(sessionId: string): Promise<TimelineRow[]> {
    const response = await this.#get(`/sessions/${sessionId}/timeline?limit=1000`)
    return response.status === 404 ? [] : ((await response.json()) as TimelineRow[])
  }

  #get(path: string): Promise<Response> {
    return fetch(`${this.#url()}${path}`, { headers: { authorization: `Bearer ${this.#key}` } })
  }

  async #ask<T>(path: string): Promise<T> {
    const response = await this.#get(path)
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  async #pages<T>(path: string): Promise<T[]> {
    const rows: T[] = []
    for (;;) {
      const page = await this.#ask<T[]>(`${path}${path.includes('?') ? '&' : '?'}limit=${PAGE_SIZE}&offset=${rows.length}`)
      rows.push(...page)
      if (page.length < PAGE_SIZE) return rows
    }
  }
}
