interface CachedReport<R> {
  readonly version: string
  readonly report: Promise<R>
  size: number
}

/**
 * Caches reports as they were sent: ten screens that receive the same event send the same request at the same moment, and
 * the report is computed once.
 */
export class ReportCache<R extends { readonly length: number }> {
  readonly #maxBytes: number
  readonly #entries = new Map<string, CachedReport<R>>()
  #size = 0

  /** @param maxBytes the least recently used report is removed first */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** @param version of the data; a report of another version is built anew */
  get(request: string, version: string, build: () => Promise<R>): Promise<R> {
    const cached = this.#entries.get(request)
    this.#remove(request)
    const entry: CachedReport<R> = cached?.version === version ? cached : { version, report: build(), size: 0 }
    this.#entries.set(request, entry)
    this.#size += entry.size
    if (entry !== cached) {
      entry.report.then(
        ({ length }) => this.#measure(request, entry, length),
        () => this.#entries.get(request) === entry && this.#remove(request),
      )
    }
    return entry.report
  }

  #measure(request: string, entry: CachedReport<R>, size: number): void {
    if (this.#entries.get(request) !== entry) return
    entry.size = size + request.length
    this.#size += entry.size
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#maxBytes) return
      this.#remove(oldest)
    }
  }

  #remove(request: string): void {
    const entry = this.#entries.get(request)
    if (entry === undefined) return
    this.#entries.delete(request)
    this.#size -= entry.size
  }
}
