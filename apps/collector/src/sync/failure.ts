import { ApiClientError } from '@signalbox/client'

/** Categories of failed attempts, as they appear in log lines and metrics. */
export type SyncCategory = 'NETWORK' | 'SERVER' | 'RATE_LIMITED' | 'AUTH' | 'VALIDATION' | 'UNKNOWN'

/** The meaning of a failed attempt, for people and for the schedule of retries. */
export interface SyncFailure {
  readonly category: SyncCategory
  /** `offline`: it will pass by itself. `refused`: a person has to fix it. */
  readonly state: 'offline' | 'refused'
  readonly problem: string
  readonly suggestion: string | undefined
  /** `Retry-After`, in milliseconds. */
  readonly retryAfter: number | undefined
  /** Retry rarely, because nothing changes before a person acts. */
  readonly slow: boolean
}

/** What a failure's suggestion depends on. */
export interface FailureContext {
  readonly hasKey: boolean
  /** The settings that name the hub's address. */
  readonly addressSettings: string
}

export function toSyncCategory(error: unknown): SyncCategory {
  if (!(error instanceof ApiClientError)) return 'UNKNOWN'
  const { code, status } = error
  if (status === undefined) return code === 'connection_error' || code === 'timeout' ? 'NETWORK' : 'UNKNOWN'
  if (status === 401 || status === 403) return 'AUTH'
  // 413: a single snapshot cannot be sent in parts.
  if (status === 400 || status === 413 || status === 422) return 'VALIDATION'
  if (status === 429) return 'RATE_LIMITED'
  if (status === 408) return 'NETWORK'
  return status >= 500 ? 'SERVER' : 'UNKNOWN'
}

/** Whether the same request may succeed soon, without a person. */
export function isRetryable(category: SyncCategory): boolean {
  return category === 'NETWORK' || category === 'SERVER' || category === 'RATE_LIMITED'
}

export function toSyncFailure(error: unknown, context: FailureContext): SyncFailure {
  const category = toSyncCategory(error)
  const { message = String(error), suggestion } = error as { message?: string; suggestion?: string }
  // An error of the ledger, such as a full disk, is not a refusal of the hub.
  const refused = error instanceof ApiClientError && !isRetryable(category)
  return {
    category,
    state: refused ? 'refused' : 'offline',
    problem: message,
    suggestion: (refused ? adviseOn(category, error, context) : undefined) ?? suggestion,
    retryAfter: error instanceof ApiClientError ? error.retryAfter : undefined,
    slow: refused && category !== 'VALIDATION',
  }
}

function adviseOn(category: SyncCategory, { status }: ApiClientError, { hasKey, addressSettings }: FailureContext): string | undefined {
  if (category === 'UNKNOWN') return `Check ${addressSettings}: it must be the address of the hub itself.`
  if (category !== 'AUTH') return undefined
  if (status === 403) return 'The key needs the scope `ingest`; make another with `signalbox keys create NAME --scopes ingest`.'
  const advice = 'Make a key on the hub with `signalbox keys create NAME --scopes ingest`, and set CLAUDE_SYNC_API_KEY to it.'
  return hasKey ? advice : `No key is set, so the data stays on this machine. ${advice}`
}
