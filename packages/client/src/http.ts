import { isTaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import type { Clock } from './clock.ts'
import { ApiClientError, ConnectionError, errorOfAnswer, TimeoutError, UnreadableResponseError, ValidationError } from './error.ts'
import type { Retrier } from './retry.ts'

export type Fetch = (input: string, init: RequestInit) => Promise<Response>

export interface HttpOptions {
  readonly baseUrl: string
  readonly apiKey: string | undefined
  /** Milliseconds for one try, its body included. */
  readonly timeout: number
  readonly fetch: Fetch
  readonly clock: Clock
  readonly retry: Retrier
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `:id` stands for `id`. */
  readonly path: string
  readonly id?: string
  readonly query?: Query | undefined
  readonly body?: unknown
  /** Compresses the body; for large ones. */
  readonly gzip?: boolean
  /** A status besides 2xx whose body is an answer and not an error. */
  readonly alsoOk?: number
  /** Tried again, it is still the same POST: carried out once. */
  readonly once?: boolean
  /** False: one try, however it ends. */
  readonly retry?: boolean
  /** The revision that is to be changed, and no other. */
  readonly ifMatch?: number | undefined
  /** Hears how many rows the list has in all. */
  readonly onTotal?: ((total: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for one try, where that is not what the client allows every request. */
  readonly timeout?: number
}

/** Below this many characters gzip costs more than it saves. */
const GZIP_FROM = 1024

/** One conversation with one hub: addresses, keys, limits, errors. Knows no route. */
export class Http {
  readonly #options: HttpOptions

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /** @returns the parsed body; undefined for 204. @throws ApiClientError, or the signal's reason. */
  async send<T>(request: HttpRequest): Promise<T> {
    const address = this.#address(pathOf(request), request.query)
    const body = await encode(request)
    const requestId = newId()
    const headers = {
      ...this.#headers(requestId),
      accept: 'application/json',
      ...body.headers,
      ...(request.once ? { 'idempotency-key': newId() } : {}),
      ...(request.ifMatch === undefined ? {} : { 'if-match': `"${request.ifMatch}"` }),
    }
    const init = { method: request.method, headers, ...(body.bytes === undefined ? {} : { body: body.bytes }) }
    const attempt = () => this.#attempt<T>(request, address, init, requestId)
    return request.retry === false ? attempt() : this.#options.retry(attempt, request.signal)
  }

  /**
   * Opens a stream and hands back the response as soon as its headers are there; its body may last for ever.
   * The time limit covers the wait for the headers; after that only `stream` ends it.
   * @throws ApiClientError, or the reason `stream` was aborted with.
   */
  async open(path: string, query: Query, headers: Record<string, string>, stream: AbortController): Promise<Response> {
    const requestId = newId()
    const { signal } = stream
    const response = await this.#limited(requestId, signal, () =>
      this.#options.fetch(this.#address(path, query), {
        headers: { ...this.#headers(requestId), ...headers },
        cache: 'no-store',
        signal,
      }),
    )
    if (response.ok && response.body !== null) return response
    const body = await this.#limited(requestId, signal, () => response.text())
    throw errorOfAnswer(response, parse(body), requestId, this.#options.clock.now())
  }

  async #attempt<T>(request: HttpRequest, address: string, init: RequestInit, requestId: string): Promise<T> {
    const { response, text } = await this.#limited(
      requestId,
      request.signal,
      async (signal) => {
        const response = await this.#options.fetch(address, { ...init, signal })
        return { response, text: await response.text() }
      },
      request.timeout,
    )
    const parsed = parse(text)
    if (!response.ok && response.status !== request.alsoOk) throw errorOfAnswer(response, parsed, requestId, this.#options.clock.now())
    if (response.status === 204) return undefined as T
    if (parsed === undefined) {
      throw new UnreadableResponseError(`${this.#options.baseUrl} answered ${response.status} with something that is not JSON.`, {
        code: 'unreadable_response',
        status: response.status,
        requestId: response.headers.get('x-request-id') ?? requestId,
        suggestion: 'Check that the address is that of the hub and that no proxy answers in its place.',
      })
    }
    const total = response.headers.get('x-total-count')
    if (total !== null) request.onTotal?.(Number(total))
    return parsed as T
  }

  /** Runs one try under the time limit and gives every failure its type. */
  async #limited<T>(
    requestId: string,
    signal: AbortSignal | undefined,
    attempt: (signal: AbortSignal) => Promise<T>,
    ms = this.#options.timeout,
  ): Promise<T> {
    signal?.throwIfAborted()
    const limit = timeout(ms, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false })
    try {
      return await limit.execute(({ signal: limited }) => attempt(limited), signal)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (error instanceof ApiClientError) throw error
      if (isTaskCancelledError(error)) {
        throw new TimeoutError(`${this.#options.baseUrl} did not answer within ${ms} ms.`, {
          code: 'timeout',
          requestId,
        })
      }
      throw new ConnectionError(`No connection to ${this.#options.baseUrl}: ${reasonOf(error)}.`, {
        code: 'connection_error',
        requestId,
        cause: error,
        suggestion: 'Check that the hub is running and that its address is right.',
      })
    }
  }

  #headers(requestId: string): Record<string, string> {
    const { apiKey } = this.#options
    return { 'x-request-id': requestId, ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) }
  }

  #address(path: string, query: Query = {}): string {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue
      for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
    }
    const asked = search.toString()
    return `${this.#options.baseUrl}${path}${asked === '' ? '' : `?${asked}`}`
  }
}

/** 32 hex digits; `crypto.randomUUID` is missing in a browser that reached the hub without https. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** @throws ValidationError for an id that no address can name: a hub would never hear of it, or take it for another. */
function pathOf({ path, id }: HttpRequest): string {
  if (id === undefined) return path
  const nameable = id !== '' && id !== '.' && id !== '..' && !/\p{Surrogate}/u.test(id)
  if (nameable) return path.replace(':id', () => encodeURIComponent(id))
  throw new ValidationError(`${JSON.stringify(id)} is no id that can be asked for.`, { code: 'validation_error' })
}

interface Encoded {
  readonly bytes?: string | ArrayBuffer
  readonly headers: Record<string, string>
}

async function encode(request: HttpRequest): Promise<Encoded> {
  if (request.body === undefined) return { headers: {} }
  const json = JSON.stringify(request.body)
  const headers = { 'content-type': 'application/json' }
  if (!request.gzip || json.length < GZIP_FROM) return { bytes: json, headers }
  const squeezed = new Blob([json]).stream().pipeThrough(new CompressionStream('gzip'))
  return { bytes: await new Response(squeezed).arrayBuffer(), headers: { ...headers, 'content-encoding': 'gzip' } }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `fetch failed` says nothing; the reason is in the cause, sometimes in the first of several. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message
  if (cause instanceof Error && cause.message !== '') return cause.message
  return error.message
}
