import { ApiClientError } from '@signalbox/client'

/** What a failed try means: time will do (`offline`), or a person must do something (`refused`). */
export interface Verdict {
  readonly state: 'offline' | 'refused'
  readonly problem: string
  readonly suggestion: string | undefined
  /** Milliseconds the hub asked to wait. */
  readonly retryAfter: number | undefined
  /** The hub does not accept our key. */
  readonly key: boolean
  /** Asking often is only noise: nothing will change before somebody changes it. */
  readonly slow: boolean
}

/** The hub refused every call it was sent, so it is not the calls. */
export class NothingTakenError extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'NothingTakenError'
  }
}

export function verdictOf(error: unknown): Verdict {
  if (error instanceof NothingTakenError) {
    return {
      ...offline(`the hub refuses every call: ${error.message}`),
      state: 'refused',
      suggestion: 'Check that hub and collector are of the same version.',
    }
  }
  if (!(error instanceof ApiClientError)) return offline(error instanceof Error ? error.message : String(error))
  const { message, suggestion, retryAfter } = error
  const refused = (advice: string, key: boolean): Verdict => ({
    state: 'refused',
    problem: message,
    suggestion: advice,
    retryAfter,
    key,
    slow: true,
  })
  switch (error.code) {
    case 'unauthorized':
      return refused('Make a key on the hub with `signalbox keys create NAME --scopes ingest`, and set CLAUDE_SYNC_API_KEY to it.', true)
    case 'forbidden':
      return refused('The key needs the scope `ingest`; make another with `signalbox keys create NAME --scopes ingest`.', true)
    case 'not_found':
    case 'unreadable_response':
      return refused('Check that SIGNALBOX_URL is the address of the hub itself.', false)
    default:
      return { ...offline(message), suggestion, retryAfter }
  }
}

function offline(problem: string): Verdict {
  return { state: 'offline', problem, suggestion: undefined, retryAfter: undefined, key: false, slow: false }
}
