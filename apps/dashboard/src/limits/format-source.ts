import type { CurrentLimits } from '../hub/answer.ts'

/** A source that has no phrase here is shown under its own name. */
const phrases: Record<string, string> = {
  console: 'from the usage page',
  statusline: 'from a status line',
  'claude-json': 'from Claude Code',
}

/** Describes where the limits come from, such as `from a status line on laptop`. */
export function formatSource({ source, machine_id }: Pick<CurrentLimits, 'source' | 'machine_id'>): string {
  const phrase = phrases[source] ?? `from ${source.replaceAll('-', ' ')}`
  return machine_id === undefined ? phrase : `${phrase} on ${machine_id}`
}
