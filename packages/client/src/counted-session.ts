import type { ClaudeSession } from '@signalbox/contract/claude-session'
import type { SessionCheck } from '@signalbox/contract/usage-check'

/** The fields of a session that its calls have, too. */
export type CountedField = 'cost_usd' | 'input_tokens' | 'output_tokens' | 'cache_read_tokens' | 'cache_write_tokens'

/** What is counted of the calls of a session, and why it may be more. */
export interface CountedSession {
  readonly fields: Readonly<Partial<Pick<ClaudeSession, CountedField>>>
  /** Whether some calls have no final figures in any source. */
  readonly isAtLeast: boolean
}

/**
 * What a hub has counted for a session. A source of a session's state has seen a part of it: the status line up to its last line, the
 * transcript without subagents and what never got its final record.
 * @returns undefined where the hub has no call of the session
 */
export function countedSession(check: SessionCheck): CountedSession | undefined {
  if (hasNothing(check)) return undefined
  const { input, output, read, write, cost_usd } = check.counted
  return {
    fields: {
      ...(cost_usd === null ? {} : { cost_usd }),
      input_tokens: input,
      output_tokens: output,
      cache_read_tokens: read,
      cache_write_tokens: write,
    },
    isAtLeast: check.open_calls > 0,
  }
}

/** Whether no source has anything of a session. */
export function hasNothing({ calls, recorded, telemetry }: SessionCheck): boolean {
  return calls === 0 && recorded === null && telemetry === null
}
