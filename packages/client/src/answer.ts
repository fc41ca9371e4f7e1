/** What the hub answers where the contract has no noun of its own for it yet. */

export type Scope = 'read' | 'write' | 'ingest' | 'admin'

export interface Health {
  readonly status: string
  readonly version?: string
}

export interface Readiness {
  readonly status: string
  readonly checks?: Readonly<Record<string, unknown>>
}

export interface WhoAmI {
  readonly authenticated: boolean
  readonly scopes: readonly Scope[]
  readonly name?: string
  /** True while no key exists and the hub asks for none. */
  readonly bypass?: boolean
}

export interface KeyRequest {
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Instant after which the key is refused. */
  readonly expires_at?: string
}

export interface Key extends KeyRequest {
  readonly id: string
  readonly prefix: string
  readonly created_at: string
  readonly last_used_at?: string
  readonly revoked_at?: string
}

export interface CreatedKey extends Key {
  /** Shown here and never again. */
  readonly key: string
}

/** Tokens and money of a span of time; USD at list price, null when nothing in it is priced. */
export interface UsageSpan {
  readonly tokens: number
  readonly estimatedCost: number | null
  readonly sessions: number
}

export interface ClaudeUsage {
  readonly plan?: string
  readonly fiveHourWindow: {
    readonly used: number
    readonly cost: number | null
    readonly startedAt: string | null
    readonly resetsAt: string | null
    readonly resetsIn: string | null
    /** From a limit reading only; never guessed. */
    readonly percentage?: number
    readonly measured: boolean
  }
  readonly today: UsageSpan
  readonly monthToDate: UsageSpan
  readonly modelBreakdown: readonly {
    readonly model: string
    readonly tokens: number
    readonly cost: number | null
    readonly percentage: number
  }[]
  /** Null when there is no call at all. */
  readonly lastUpdated: string | null
  readonly dataSource: string
}
