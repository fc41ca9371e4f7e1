/** What a failed try means. */
export const syncCategories = ['NETWORK', 'SERVER', 'RATE_LIMITED', 'AUTH', 'VALIDATION', 'UNKNOWN'] as const
export type SyncCategory = (typeof syncCategories)[number]

export interface SyncErrorFields {
  readonly category: SyncCategory
  /** Of the answer; absent when there was none. */
  readonly status?: number
  /** Milliseconds the hub asked to wait. */
  readonly retryAfter?: number | undefined
  readonly suggestion?: string | undefined
  readonly cause?: unknown
}

/** The hub has not said yes. */
export class SyncError extends Error {
  readonly category: SyncCategory
  readonly status: number | undefined
  readonly retryAfter: number | undefined
  readonly suggestion: string | undefined

  constructor(message: string, { category, status, retryAfter, suggestion, cause }: SyncErrorFields) {
    super(message, { cause })
    this.name = 'SyncError'
    this.category = category
    this.status = status
    this.retryAfter = retryAfter
    this.suggestion = suggestion
  }

  /** The same may go in a moment; of all else, nothing changes before somebody changes it. */
  get retryable(): boolean {
    return this.category === 'NETWORK' || this.category === 'SERVER' || this.category === 'RATE_LIMITED'
  }
}

/** Whatever was thrown, as a failed try. */
export function syncErrorOf(error: unknown): SyncError {
  if (error instanceof SyncError) return error
  const { message = String(error), suggestion } = error as { message?: string; suggestion?: string }
  return new SyncError(message, { category: 'UNKNOWN', suggestion, cause: error })
}
