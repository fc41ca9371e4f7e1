import type { NoticeRecord } from '../store/alert.ts'

/** A session that waits for a person waits for its message, too: the first one leaves after so long, in milliseconds. */
export const PROMPT_GROUP_MS = 1_000

/** Kinds whose message a person needs at once. */
const promptKinds: ReadonlySet<string> = new Set(['session_waiting'])

/**
 * How long a notice waits for others of its kind.
 * @param groupMs ALERT_GROUP_MS
 * @param lastAt when the last message of its kind was made for its channel: those that follow close behind come together
 */
export function groupWaitOf(
  { kind, what }: Pick<NoticeRecord, 'kind' | 'what'>,
  groupMs: number,
  lastAt: number | undefined,
  now: number,
): number {
  const isPrompt = promptKinds.has(kind) && what !== 'closed'
  const isFirst = lastAt === undefined || Math.abs(now - lastAt) > groupMs
  return isPrompt && isFirst ? Math.min(groupMs, PROMPT_GROUP_MS) : groupMs
}
