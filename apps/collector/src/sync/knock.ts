import { SyncError, type SyncErrorFields } from './sync-error.ts'

export interface Knock {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly body?: unknown
  readonly key: string | undefined
  /** Milliseconds until the answer has to be there, its body included. */
  readonly timeout: number
  /** Milliseconds since 1970; for a `Retry-After` that is a date. */
  readonly now: number
  readonly signal: AbortSignal
}

const ADDRESS = 'Check CLAUDE_SYNC_URL, or SIGNALBOX_URL where it is not set: it must be the address of the hub itself.'

/**
 * Asks a hub once, at an address that was set as a whole.
 * @returns the body of a 2xx that is a JSON object
 * @throws SyncError, or the signal's reason when it was aborted
 */
export async function knock({ method, url, body, key, timeout, now, signal }: Knock): Promise<Record<string, unknown>> {
  signal.throwIfAborted()
  const limit = AbortSignal.timeout(timeout)
  const headers = {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { 'x-api-key': key }),
  }
  let response: Response
  let text: string
  try {
    response = await fetch(url, {
      method,
      headers,
      // A POST that is sent on comes out as a GET, and the key would go to whoever is there.
      redirect: 'manual',
      signal: AbortSignal.any([signal, limit]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    text = await response.text()
  } catch (error) {
    signal.throwIfAborted()
    const { origin } = new URL(url)
    if (limit.aborted) throw new SyncError(`${origin} did not answer within ${timeout} ms.`, { category: 'NETWORK', cause: error })
    throw new SyncError(`No connection to ${origin}: ${reasonOf(error)}.`, {
      category: 'NETWORK',
      cause: error,
      suggestion: 'Check that the hub is running and that its address is right.',
    })
  }
  const answer = objectOf(text)
  if (!response.ok) throw refusal(response, answer, key !== undefined, now)
  if (answer === undefined) {
    throw new SyncError(`${new URL(url).origin} answered ${response.status} with something that is not of a hub.`, {
      category: 'UNKNOWN',
      status: response.status,
      suggestion: ADDRESS,
    })
  }
  return answer
}

function refusal({ status, headers }: Response, answer: Record<string, unknown> | undefined, withKey: boolean, now: number): SyncError {
  const message = textOf(answer?.message) ?? `The hub answered ${status} without saying why.`
  const retryAfter = retryAfterOf(headers.get('retry-after'), now)
  const error = (fields: Pick<SyncErrorFields, 'category' | 'suggestion'>) => new SyncError(message, { status, retryAfter, ...fields })
  if (status === 401) {
    const make = 'Make a key on the hub with `signalbox keys create NAME --scopes ingest`, and set CLAUDE_SYNC_API_KEY to it.'
    return error({ category: 'AUTH', suggestion: withKey ? make : `No key is set, so readings stay on this machine. ${make}` })
  }
  if (status === 403) {
    return error({
      category: 'AUTH',
      suggestion: 'The key needs the scope `ingest`; make another with `signalbox keys create NAME --scopes ingest`.',
    })
  }
  const suggestion = textOf(answer?.suggestion)
  // 413: one reading is as small as it gets.
  if (status === 400 || status === 413 || status === 422) return error({ category: 'VALIDATION', suggestion })
  if (status === 429) return error({ category: 'RATE_LIMITED', suggestion })
  if (status === 408) return error({ category: 'NETWORK', suggestion })
  if (status >= 500) return error({ category: 'SERVER', suggestion })
  return error({ category: 'UNKNOWN', suggestion: ADDRESS })
}

/** `Retry-After` in milliseconds from now: seconds or an HTTP date. */
function retryAfterOf(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined
  const seconds = Number(header)
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** `fetch failed` says nothing; the reason is in the cause, sometimes in the first of several. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message
}
