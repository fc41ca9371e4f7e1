import { ApiClientError } from '@signalbox/client'

/** What a person is told about a failure. */
export interface Problem {
  readonly message: string
  readonly suggestion?: string | undefined
  /** To quote; the hub's log has the whole story under it. */
  readonly requestId?: string | undefined
  /** No answer at all: the live dot tells it already. */
  readonly offline: boolean
  /** The hub itself says that there is none of it. */
  readonly nothing?: boolean
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiClientError) {
    const offline = error.code === 'connection_error' || error.code === 'timeout'
    return {
      message: error.message,
      suggestion: error.suggestion,
      // Without an answer the id was never written anywhere; quoting it would lead nowhere.
      requestId: offline && error.status === undefined ? undefined : error.requestId,
      offline,
      nothing: error.code === 'not_found' && error.byHub,
    }
  }
  return { message: error instanceof Error ? error.message : String(error), offline: false }
}
