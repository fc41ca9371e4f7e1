export interface CallOptions {
  /** Ends the request and any wait before a retry; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface ListOptions extends CallOptions {
  /** Hears how many rows there are in all, of which the answer is one page. */
  readonly onTotal?: ((total: number) => void) | undefined
}

export interface ChangeOptions extends CallOptions {
  /**
   * The `revision` the decision was made upon; when the resource has another by now, nothing is written and the promise
   * rejects with a PreconditionFailedError. After a retry that may have been our own first try: read again and decide again.
   */
  readonly ifMatch?: number | undefined
}
