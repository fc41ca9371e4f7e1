import type { BoardClaude, BoardSession } from '../hub/answer.ts'

/** The first eight characters of a session id: enough to find it, on the screen and on the command line. */
export function shortSessionId(id: string): string {
  return id.slice(0, 8)
}

/** What distinguishes a session of Claude Code from others of its project; undefined for other sessions. */
export function formatSessionName({ session_id, claude_code }: Pick<BoardSession, 'session_id' | 'claude_code'>): string | undefined {
  return claude_code === undefined ? undefined : (claude_code.name ?? shortSessionId(session_id))
}

/** The used share of the context window, over 1 where more is used than the client knows of; undefined when the size of the window is unknown. */
export function contextShare({ context_tokens: used, context_limit: limit }: BoardClaude): number | undefined {
  return used === undefined || limit === undefined || limit === 0 ? undefined : used / limit
}

/** From here on the context is shown in another colour: Claude Code compacts it soon. */
const NEARLY_FULL = 0.8

export function isNearlyFull(share: number): boolean {
  return share >= NEARLY_FULL
}
