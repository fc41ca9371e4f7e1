/** What a question comes to: a tool of the list, and what it is asked with. */
export interface Call {
  readonly tool: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/** The names that may be meant, of the hub that is asked. */
export interface Vocabulary {
  readonly projects: readonly string[]
  readonly machines: readonly string[]
  readonly models: readonly string[]
  readonly sessions: readonly string[]
}

export interface ParseContext {
  readonly vocabulary: Vocabulary
  /** Milliseconds since 1970. */
  readonly now: number
  /** The IANA zone in which days begin. */
  readonly timezone: string
  /** The call before, for a follow-up such as "and last week?". */
  readonly previous?: Call | undefined
}

export interface Parsed {
  /** Absent where the question was not understood. */
  readonly call?: Call
  /** Something would change: it has to be confirmed. */
  readonly isAction: boolean
  /** The words that mean nothing here. */
  readonly unknown: readonly string[]
  /** Up to three questions that are near; only without a call. */
  readonly suggestions: readonly string[]
}
