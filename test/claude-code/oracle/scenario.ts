import type { Stage } from './stage.ts'

/** Something that people do with Claude Code, and that decides what it writes down. */
export interface Scenario {
  readonly name: string
  /** What happens, for the documents. */
  readonly about: string
  /** The IANA zone in whose days the figures are compared; UTC when absent. */
  readonly zone?: string
  /** How far the client's clock is ahead, in milliseconds, when it starts now. */
  readonly shift?: (now: number) => number
  /** Added to the environment of the client. */
  readonly env?: Readonly<Record<string, string>>
  /** Whether people do it in a terminal, which takes seconds longer. */
  readonly isInteractive?: boolean
  /** Played instead when the client was too slow for this one. */
  readonly slower?: Scenario
  /** @throws NotPossible where the client's version cannot do it, TooSlow where a busy machine leaves it too little time */
  run(stage: Stage): Promise<void>
}
