import { ApiClientError, type EventType, type StateTrackingApiClient } from '@signalbox/client'
import type { FromWebview, ToWebview } from '@signalbox/client/webview-message'

export interface WebviewHubOptions {
  readonly url: string
  readonly key: string | undefined
  readonly client: Pick<StateTrackingApiClient, 'events'>
  readonly send: (message: ToWebview) => void
  readonly fetch?: typeof globalThis.fetch
}

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** What the client of a page sends; anything else stays here. */
const sentHeaders = /^(?:accept|content-type|idempotency-key|if-match|x-request-id)$/i
/** What the client of a page reads. */
const readHeaders = ['content-type', 'date', 'etag', 'link', 'location', 'retry-after', 'x-request-id', 'x-total-count', 'x-store-id']
const REQUEST_TIMEOUT_MS = 30_000

/** Sends the requests of one webview to the hub, and the hub's events to the webview, until it is closed. */
export class WebviewHub {
  readonly #options: WebviewHubOptions
  readonly #requests = new Map<number, AbortController>()
  readonly #closed = new AbortController()
  #stream: AbortController | undefined

  constructor(options: WebviewHubOptions) {
    this.#options = options
  }

  close(): void {
    this.#closed.abort()
    this.#stream?.abort()
    for (const request of this.#requests.values()) request.abort()
  }

  receive(message: Exclude<FromWebview, { kind: 'navigate' }>): void {
    // A message of a page that was hidden meanwhile would open a stream that no one closes.
    if (this.#closed.signal.aborted) return
    if (message.kind === 'request') void this.#request(message)
    else if (message.kind === 'abort') this.#requests.get(message.id)?.abort()
    else void this.#follow(message)
  }

  async #request({ id, method, path, headers, body }: Extract<FromWebview, { kind: 'request' }>): Promise<void> {
    const { url, key, fetch: send = fetch } = this.#options
    const aborted = new AbortController()
    const timer = setTimeout(() => aborted.abort(), REQUEST_TIMEOUT_MS)
    this.#requests.set(id, aborted)
    try {
      const address = addressOf(url, path)
      if (address === undefined || !methods.has(method)) throw new Error(`${method} ${path} is no request to a hub`)
      const own = Object.fromEntries(Object.entries(headers).filter(([name]) => sentHeaders.test(name)))
      const response = await send(address, {
        method,
        headers: { ...own, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
        // The key goes to no other address.
        redirect: 'manual',
        signal: aborted.signal,
        ...(body === undefined ? {} : { body }),
      })
      const answered = Object.fromEntries(
        readHeaders.flatMap((name) => [[name, response.headers.get(name)]]).filter(([, value]) => value !== null),
      )
      this.#send({ kind: 'response', id, status: response.status, headers: answered, body: await response.text() })
    } catch (error) {
      this.#send({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) })
    } finally {
      clearTimeout(timer)
      this.#requests.delete(id)
    }
  }

  async #follow({ types, after, storeId }: Extract<FromWebview, { kind: 'follow' }>): Promise<void> {
    this.#stream?.abort()
    const stream = new AbortController()
    this.#stream = stream
    let current: string | undefined
    try {
      for await (const event of this.#options.client.events({
        types: types as EventType[],
        signal: stream.signal,
        ...(after === undefined ? {} : { after, storeId }),
        onConnection: (connection) => {
          if (connection.state === 'open') current = connection.storeId
          this.#send({ kind: 'connection', state: connection.state, storeId: current })
        },
      })) {
        this.#send({ kind: 'event', event, storeId: current })
      }
    } catch (error) {
      if (stream.signal.aborted) return
      this.#send({ kind: 'connection', state: 'refused', code: error instanceof ApiClientError ? error.code : undefined })
    }
  }

  #send(message: ToWebview): void {
    if (!this.#closed.signal.aborted) this.#options.send(message)
  }
}

/** The address of a path below the hub's own; undefined for one that would leave it. */
export function addressOf(url: string, path: string): string | undefined {
  if (!/^\/(?![\\/])/.test(path)) return undefined
  const base = `${url.replace(/\/+$/, '')}`
  const address = new URL(`${base}${path}`)
  const { origin, pathname } = new URL(base)
  const inside = pathname === '/' || address.pathname.startsWith(`${pathname}/`)
  return address.origin === origin && inside ? address.href : undefined
}
