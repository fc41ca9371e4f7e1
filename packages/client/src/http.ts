import type { NextPage } from './call-options.ts'
import type { Clock } from './clock.ts'
import { ApiClientError, ConnectionError, errorFromResponse, TimeoutError, UnreadableResponseError, ValidationError } from './error.ts'
import type { Retrier } from './retry.ts'

/** The header that carries the key: `Authorization: Bearer …`, or `X-API-Key`. */
export type KeyHeader = 'authorization' | 'x-api-key'

export type Fetch = (input: string, init: RequestInit) => Promise<Response>

export interface HttpOptions {
  readonly baseUrl: string
  readonly apiKey: string | undefined
  readonly keyHeader: KeyHeader
  /** Milliseconds for one attempt, including its body. */
  readonly timeout: number
  readonly fetch: Fetch
  readonly clock: Clock
  readonly retry: Retrier
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `:id` is replaced by `id`. */
  readonly path: string
  readonly id?: string
  readonly query?: Query | undefined
  readonly body?: unknown
  /** Compresses a large body. */
  readonly gzip?: boolean
  /** A status besides 2xx whose body is a result and not an error. */
  readonly alsoOk?: number
  /** Sends an idempotency key, so that the hub carries out all attempts as one request. */
  readonly idempotent?: boolean
  /** False: a single attempt. */
  readonly retry?: boolean
  /** The revision that is expected and changed. */
  readonly ifMatch?: number | undefined
  /** Receives the number of rows in the whole list. */
  readonly onTotal?: ((total: number) => void) | undefined
  /** Receives where the next page of the list begins. */
  readonly onNext?: ((next: NextPage | undefined) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for one attempt; the client's own timeout when absent. */
  readonly timeout?: number
}

/** Shorter bodies are sent uncompressed: gzip would cost more than it saves. */
const GZIP_MIN_LENGTH = 1024

/** Sends requests to one hub: addresses, keys, timeouts, retries, errors. */
export class Http {
  readonly #options: HttpOptions

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /** @returns the parsed body; undefined for 204. @throws ApiClientError, or the signal's reason. */
  async send<T>(request: HttpRequest): Promise<T> {
    const address = this.#address(resolvePath(request), request.query)
    const body = await encode(request)
    const requestId = newId()
    const headers = {
      ...this.#headers(requestId),
      accept: 'application/json',
      ...body.headers,
      ...(request.idempotent ? { 'idempotency-key': newId() } : {}),
      ...(request.ifMatch === undefined ? {} : { 'if-match': `"${request.ifMatch}"` }),
    }
    const init: RequestInit = {
      method: request.method,
      headers,
      redirect: this.#redirect(request.method),
      ...(body.bytes === undefined ? {} : { body: body.bytes }),
    }
    const attempt = () => this.#attempt<T>(request, address, init, requestId)
    return request.retry === false ? attempt() : this.#options.retry(attempt, request.signal)
  }

  /**
   * Opens a stream, and returns the response as soon as its headers have arrived. The timeout covers the headers only; after
   * that only `stream` ends it.
   * @throws ApiClientError, or the reason `stream` was aborted with.
   */
  async open(path: string, query: Query, headers: Record<string, string>, stream: AbortController): Promise<Response> {
    const requestId = newId()
    const { signal } = stream
    const response = await this.#withTimeout(requestId, signal, () =>
      this.#options.fetch(this.#address(path, query), {
        headers: { ...this.#headers(requestId), ...headers },
        cache: 'no-store',
        signal,
      }),
    )
    if (response.ok && response.body !== null) return response
    const text = await this.#withTimeout(requestId, signal, () => response.text())
    throw errorFromResponse(response, parseJson(text), requestId, this.#options.clock.now())
  }

  async #attempt<T>(request: HttpRequest, address: string, init: RequestInit, requestId: string): Promise<T> {
    const { response, text } = await this.#withTimeout(
      requestId,
      request.signal,
      async (signal) => {
        const response = await this.#options.fetch(address, { ...init, signal })
        return { response, text: await response.text() }
      },
      request.timeout,
    )
    const parsed = parseJson(text)
    if (isRedirect(response)) throw this.#redirectError(response, requestId)
    if (!response.ok && response.status !== request.alsoOk) throw errorFromResponse(response, parsed, requestId, this.#options.clock.now())
    if (response.status === 204) return undefined as T
    if (parsed === undefined) {
      throw new UnreadableResponseError(`${this.#options.baseUrl} responded with ${response.status} and a body that is not JSON.`, {
        code: 'unreadable_response',
        status: response.status,
        requestId: response.headers.get('x-request-id') ?? requestId,
        suggestion: 'Check that this is the address of the hub and that no proxy responds in its place.',
      })
    }
    const total = response.headers.get('x-total-count')
    if (total !== null) request.onTotal?.(Number(total))
    request.onNext?.(nextPageOf(response.headers.get('link')))
    return parsed as T
  }

  /** Runs one attempt with a timeout, and converts every failure to an ApiClientError. */
  async #withTimeout<T>(
    requestId: string,
    signal: AbortSignal | undefined,
    attempt: (signal: AbortSignal) => Promise<T>,
    ms = this.#options.timeout,
  ): Promise<T> {
    signal?.throwIfAborted()
    // Node 18, on which the client runs too, has no AbortSignal.any.
    const either = new AbortController()
    const abort = () => either.abort(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    // An attempt that ignores its signal does not keep its caller waiting.
    const aborted = new Promise<never>((_, reject) => either.signal.addEventListener('abort', () => reject(either.signal.reason)))
    let isExpired = false
    const timer = setTimeout(() => {
      isExpired = true
      either.abort()
    }, ms)
    try {
      return await Promise.race([attempt(either.signal), aborted])
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (error instanceof ApiClientError) throw error
      if (isExpired) {
        throw new TimeoutError(`${this.#options.baseUrl} did not respond within ${ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`}.`, {
          code: 'timeout',
          requestId,
        })
      }
      throw new ConnectionError(`No connection to ${this.#options.baseUrl}: ${findReason(error)}.`, {
        code: 'connection_error',
        requestId,
        cause: error,
        suggestion: 'Check that the hub is running and that its address is right.',
      })
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  #headers(requestId: string): Record<string, string> {
    const { apiKey, keyHeader } = this.#options
    if (apiKey === undefined) return { 'x-request-id': requestId }
    return { 'x-request-id': requestId, [keyHeader]: keyHeader === 'authorization' ? `Bearer ${apiKey}` : apiKey }
  }

  /**
   * A redirected POST would become a GET, and fetch sends `X-API-Key` on to any other server; it only drops `Authorization`.
   */
  #redirect(method: HttpRequest['method']): 'follow' | 'manual' {
    return method === 'GET' && this.#options.keyHeader === 'authorization' ? 'follow' : 'manual'
  }

  #redirectError(response: Response, requestId: string): UnreadableResponseError {
    return new UnreadableResponseError(`${this.#options.baseUrl} redirects to another address.`, {
      code: 'unreadable_response',
      // A browser hides the status of a redirect.
      status: response.status === 0 ? undefined : response.status,
      requestId,
      suggestion: 'Set the address that it redirects to, if that is the hub.',
    })
  }

  #address(path: string, query: Query = {}): string {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue
      for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
    }
    const queryString = search.toString()
    return `${this.#options.baseUrl}${path}${queryString === '' ? '' : `?${queryString}`}`
  }
}

/** 32 hex digits. `crypto.randomUUID` is missing in a browser that uses the hub without https. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** @throws ValidationError for an id that cannot be part of an address, or would be another one there */
function resolvePath({ path, id }: HttpRequest): string {
  if (id === undefined) return path
  const isValid = id !== '' && id !== '.' && id !== '..' && !/\p{Surrogate}/u.test(id)
  if (isValid) return path.replace(':id', () => encodeURIComponent(id))
  throw new ValidationError(`${JSON.stringify(id)} is not a valid id.`, { code: 'validation_error' })
}

interface EncodedBody {
  readonly bytes?: string | ArrayBuffer
  readonly headers: Record<string, string>
}

async function encode(request: HttpRequest): Promise<EncodedBody> {
  if (request.body === undefined) return { headers: {} }
  const json = JSON.stringify(request.body)
  const headers = { 'content-type': 'application/json' }
  if (!request.gzip || json.length < GZIP_MIN_LENGTH) return { bytes: json, headers }
  const compressed = new Blob([json]).stream().pipeThrough(new CompressionStream('gzip'))
  return { bytes: await new Response(compressed).arrayBuffer(), headers: { ...headers, 'content-encoding': 'gzip' } }
}

/** The place of the next page, from `Link: <…>; rel="next"`. */
function nextPageOf(link: string | null): NextPage | undefined {
  const query = /<[^>]*\?([^>]*)>;\s*rel="?next"?/.exec(link ?? '')?.[1]
  if (query === undefined) return undefined
  const parameters = new URLSearchParams(query)
  const cursor = parameters.get('cursor')
  const offset = parameters.get('offset')
  if (cursor !== null) return { cursor }
  return offset === null ? undefined : { offset: Number(offset) }
}

function isRedirect({ type, status }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The message behind `fetch failed`: that of the cause, or of the first of several causes. */
function findReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message
  if (cause instanceof Error && cause.message !== '') return cause.message
  return error.message
}
