export interface CallOptions {
  /** Aborts the request and any delay before a retry; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface AttemptOptions extends CallOptions {
  /** The attempt of the session that the change belongs to; one that was superseded is refused. Without it, any counts. */
  readonly attempt?: number | undefined
}

/** Where the next page of a list begins; one of the two. */
export interface NextPage {
  readonly cursor?: string | undefined
  /** Of a hub that knows no cursors. */
  readonly offset?: number | undefined
}

export interface ListOptions extends CallOptions {
  /** Receives where the next page begins; undefined when this is the last one. */
  readonly onNext?: ((next: NextPage | undefined) => void) | undefined
  /** Receives the number of rows in the whole list, of which the result is one page. */
  readonly onTotal?: ((total: number) => void) | undefined
}

export interface ChangeOptions extends CallOptions {
  /**
   * The `revision` that the change is based on; when the resource has another one by now, nothing is written and the promise
   * rejects with a PreconditionFailedError. After a retry the cause may be the first attempt itself: read the resource again.
   */
  readonly ifMatch?: number | undefined
}
