import { formatValue } from './reported-window.ts'

/** The windows that a status line can have. */
export type ShownWindow = 'session' | 'weekly_all'

/** What the status line of a session shows of the plan limits, and whose it is. */
export interface ShownLimits {
  /** The session; its transcript where the input does not name it, else empty. */
  readonly session: string
  /**
   * Both windows as the input has them, ended ones too, each as text: a session repeats what it received last, so the same text
   * again is no news. Empty before the first answer of its process.
   */
  readonly windows: Readonly<Partial<Record<ShownWindow, string>>>
  /** The resets in it, ended ones too, in milliseconds: they show whose limits they are. */
  readonly resets: WindowResets
}

export type WindowResets = Readonly<Partial<Record<ShownWindow, number>>>

type Fields = Readonly<Record<string, unknown>>

/** @param input the parsed input of a status line command */
export function readShownLimits(input: unknown): ShownLimits {
  const { session_id, transcript_path, rate_limits } = fieldsOf(input)
  const { five_hour, seven_day } = fieldsOf(rate_limits)
  const windows: Partial<Record<ShownWindow, string>> = {}
  const resets: Partial<Record<ShownWindow, number>> = {}
  for (const [kind, value] of [['session', five_hour] as const, ['weekly_all', seven_day] as const]) {
    if (value === undefined || value === null) continue
    const { used_percentage, resets_at } = fieldsOf(value)
    windows[kind] = formatValue([used_percentage, resets_at])
    if (typeof resets_at === 'number' && Number.isFinite(resets_at)) resets[kind] = Math.round(resets_at * 1000)
  }
  return { session: nameOf(session_id) ?? nameOf(transcript_path) ?? '', windows, resets }
}

/** Long names are none of Claude Code, and would fill the memory. */
const nameOf = (value: unknown) => (typeof value === 'string' && value !== '' && value.length <= 4_096 ? value : undefined)

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}
