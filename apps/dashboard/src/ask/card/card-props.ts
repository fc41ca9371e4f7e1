import type { ToolCall } from '../../hub/answer.ts'

/** What every card gets: what was understood, and a way to go on. */
export interface CardProps {
  readonly arguments: ToolCall['arguments']
  /** Asks a question, as if it had been typed. */
  readonly onAsk: (question: string) => void
}

export function textOf(args: ToolCall['arguments'], name: string): string | undefined {
  const value = args[name]
  return value === undefined ? undefined : String(value)
}
