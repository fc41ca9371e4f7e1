import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { observationBatchSchema, type SessionObservation, sessionObservationSchema } from '@signalbox/contract/session-observation'
import { onTestFinished } from 'vitest'

/** An HTTP server that takes observations as the hub does, checks each against the contract, and can go down. */
export class RecordingHub {
  /** In the order in which they came, repeated ones too. */
  readonly received: { readonly observation: SessionObservation; readonly at: number }[] = []
  /** Requests with a wrong key. */
  refused = 0
  requests = 0
  /** All bytes of all bodies. */
  wire = ''
  machine = ''
  key: string | undefined
  #port = 0
  #server: http.Server | undefined

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get observations(): SessionObservation[] {
    return this.received.map(({ observation }) => observation)
  }

  /** What the hub counts: each id once, the first in order. */
  get distinct(): SessionObservation[] {
    return [...new Map(this.observations.map((one) => [one.observation_id, one])).values()]
  }

  async start(): Promise<void> {
    const server = http.createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8')
      request.on('data', (chunk: string) => (body += chunk))
      request.on('end', () => this.#answer(request, body, response))
    })
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    server.closeAllConnections()
    const closed = once(server, 'close')
    server.close()
    await closed
  }

  #answer(request: http.IncomingMessage, body: string, response: http.ServerResponse): void {
    const send = (status: number, value: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    this.requests++
    if (this.key !== undefined && request.headers.authorization !== `Bearer ${this.key}`) {
      this.refused++
      send(401, {})
      return
    }
    if (request.url !== '/sessions/observations' || Buffer.byteLength(body) > 64 * 1024) {
      send(request.url === '/sessions/observations' ? 413 : 404, {})
      return
    }
    this.wire += body
    const { machine_id, observations } = observationBatchSchema.parse(JSON.parse(body))
    this.machine = machine_id
    const rejected: object[] = []
    for (const [index, row] of observations.entries()) {
      const result = sessionObservationSchema.safeParse(row)
      if (result.success) this.received.push({ observation: result.data, at: Date.now() })
      else rejected.push({ index, reason: result.error.message })
    }
    if (rejected.length > 0) this.invalid.push(...rejected)
    send(200, { accepted: observations.length - rejected.length, rejected })
  }

  /** Observations that break the contract. */
  readonly invalid: object[] = []
}

/** Starts one that stops with the test. */
export async function recordingHub(key?: string): Promise<RecordingHub> {
  const hub = new RecordingHub()
  hub.key = key
  await hub.start()
  onTestFinished(() => hub.stop())
  return hub
}
