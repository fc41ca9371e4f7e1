interface Kept {
  readonly version: string
  readonly body: Promise<Buffer>
  size: number
}

/**
 * Reports as they were sent, for as long as they hold: ten screens that hear of the same call ask the same question at
 * the same moment, and it is worked out once.
 */
export class Answers {
  readonly #most: number
  readonly #kept = new Map<string, Kept>()
  #size = 0

  /** @param most bytes that are kept; what was asked for the longest ago goes first */
  constructor(most: number) {
    this.#most = most
  }

  /** @param version of what the answer is made of; one of another version is made anew */
  get(question: string, version: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.#kept.get(question)
    this.#forget(question)
    const kept: Kept = known?.version === version ? known : { version, body: make(), size: 0 }
    this.#kept.set(question, kept)
    this.#size += kept.size
    if (kept !== known) {
      kept.body.then(
        (body) => this.#weigh(question, kept, body.length),
        () => this.#kept.get(question) === kept && this.#forget(question),
      )
    }
    return kept.body
  }

  #weigh(question: string, kept: Kept, size: number): void {
    if (this.#kept.get(question) !== kept) return
    kept.size = size + question.length
    this.#size += kept.size
    for (const oldest of this.#kept.keys()) {
      if (this.#size <= this.#most) return
      this.#forget(oldest)
    }
  }

  #forget(question: string): void {
    const kept = this.#kept.get(question)
    if (kept === undefined) return
    this.#kept.delete(question)
    this.#size -= kept.size
  }
}
