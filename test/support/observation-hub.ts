import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { type CollectorHeartbeat, collectorHeartbeatSchema } from '@signalbox/contract/collector-heartbeat'
import { type SessionObservation, sessionObservationSchema } from '@signalbox/contract/session-observation'

/** An observation, and when it arrived. */
export interface Received {
  readonly observation: SessionObservation
  readonly at: number
}

/** A server that answers a collector like a hub and keeps what it was sent. Whatever is sent has to match the contract. */
export class ObservationHub {
  readonly received: Received[] = []
  readonly heartbeats: CollectorHeartbeat[] = []
  /** Everything that was sent, as text. */
  readonly bodies: string[] = []
  readonly errors: unknown[] = []
  storeId = 'first'
  /** Answers everything with this status instead. */
  status: number | undefined
  /** What heartbeats are answered, until an observation of the session arrives. */
  unknown: string[] = []
  missing: string[] = []
  /** Called when a heartbeat has come; its answer waits for this. */
  beforeHeartbeatAnswer: (heartbeat: CollectorHeartbeat) => Promise<void> = async () => {}
  readonly #server: Server
  readonly #waiting = new Set<() => void>()

  constructor() {
    this.#server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const answer = (status: number, body: object) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      }
      if (this.status !== undefined) {
        answer(this.status, { success: false, errorCode: 'X', message: 'not now' })
        return
      }
      const bytes = Buffer.concat(parts)
      const text = String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes)
      if (request.method === 'POST') this.bodies.push(text)
      try {
        this.#respond(request.url ?? '', text, answer)
      } catch (error) {
        this.errors.push(error)
        answer(500, { message: String(error) })
      }
      for (const check of this.#waiting) check()
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** The observations of a session, in the order of their arrival. */
  of(session: string): SessionObservation[] {
    return this.received.flatMap(({ observation }) => (observation.session_id === session ? [observation] : []))
  }

  /** Resolves with the first observation that `wanted` accepts, past or future. */
  until(wanted: (observation: SessionObservation) => boolean): Promise<Received> {
    return this.#wait(() => this.received.find(({ observation }) => wanted(observation)))
  }

  untilHeartbeat(wanted: (heartbeat: CollectorHeartbeat) => boolean): Promise<CollectorHeartbeat> {
    return this.#wait(() => this.heartbeats.findLast(wanted))
  }

  #wait<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const check = () => {
        const found = find()
        if (found === undefined) return
        this.#waiting.delete(check)
        resolve(found)
      }
      this.#waiting.add(check)
      check()
    })
  }

  #respond(url: string, text: string, answer: (status: number, body: object) => void): void {
    const timestamp = new Date().toISOString()
    if (text === '') answer(200, { authenticated: true, by: 'key', scopes: ['ingest'], bypass: false, store_id: this.storeId })
    else if (url === '/sessions/observations') {
      const { observations } = JSON.parse(text) as { observations: unknown[] }
      for (const one of observations) {
        const observation = sessionObservationSchema.parse(one)
        this.received.push({ observation, at: Date.now() })
        this.unknown = this.unknown.filter((session) => session !== observation.session_id)
        this.missing = this.missing.filter((session) => session !== observation.session_id)
      }
      answer(200, { accepted: observations.length, rejected: [] })
    } else if (url.startsWith('/machines/')) {
      const heartbeat = collectorHeartbeatSchema.parse(JSON.parse(text))
      this.heartbeats.push(heartbeat)
      const response = { machine_id: 'laptop', unknown_sessions: this.unknown, missing_sessions: this.missing, timestamp }
      void this.beforeHeartbeatAnswer(heartbeat).then(() => answer(200, response))
    } else if (url.endsWith('/collector')) {
      // It never asks for a snapshot.
      setTimeout(() => answer(200, { timestamp }), 500)
    } else answer(200, { success: true, accepted: 0, improved: 0, duplicates: 0, version: 1, message: '', timestamp })
  }
}
