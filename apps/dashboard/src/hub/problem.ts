import { ApiClientError } from '@signalbox/client'
import { t } from '../words/hub.ts'
import { isGerman } from '../words/language.ts'

const german = isGerman ? await import('../words/de/packages/problems.ts') : undefined

/** A failure as the page shows it. */
export interface Problem {
  readonly message: string
  readonly suggestion?: string | undefined
  /** Finds the request in the hub's log. */
  readonly requestId?: string | undefined
  /** The hub did not respond: the connection status already shows that. */
  readonly offline: boolean
  /** The hub itself responded that the resource does not exist. */
  readonly notFound?: boolean
  /** The hub knows more than its status code says: a collector has read the limits, or cannot. */
  readonly isExplained?: boolean
}

export function toProblem(error: unknown): Problem {
  if (error instanceof ApiClientError) {
    const offline = error.code === 'connection_error' || error.code === 'timeout'
    return {
      ...wordsOf(error),
      // Without a response the id is in no log.
      requestId: offline && error.status === undefined ? undefined : error.requestId,
      offline,
      notFound: error.code === 'not_found' && error.byHub,
      isExplained: isExplained(error.details?.collector),
    }
  }
  return { message: error instanceof Error ? error.message : String(error), offline: false }
}

/**
 * The hub's own sentence is English: in another language its code decides, and the sentence follows where it says more. Why there is no
 * connection would be in the browser's words, such as "Failed to fetch".
 */
function wordsOf({ code, message, suggestion }: ApiClientError): Pick<Problem, 'message' | 'suggestion'> {
  if (code === 'connection_error') return { message: t.noConnection, suggestion: t.checkTheHub }
  if (german === undefined) return { message, suggestion }
  const advice = german.germanAdvice(suggestion)
  if (advice !== undefined) return { message: german.problemMessages[code], suggestion: advice }
  return { message: german.problemMessages[code], suggestion: german.clearCodes.has(code) ? undefined : german.hubSays(message) }
}

/** @param collector the health of a collector that has sent nothing: without a read or an error a source is missing there */
function isExplained(collector: unknown): boolean {
  if (typeof collector !== 'object' || collector === null) return false
  const { state, lastSuccessAt } = collector as { readonly state?: unknown; readonly lastSuccessAt?: unknown }
  return state !== 'ok' || lastSuccessAt !== undefined
}
