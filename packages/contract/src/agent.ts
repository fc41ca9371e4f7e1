// This file imports no schema library: the CLI reads settings before its first line of output.

/** The programs whose transcripts are read, with the names that people know them by. */
export const agentTitles = {
  'claude-code': 'Claude Code',
  codex: 'Codex',
} as const satisfies Record<string, string>

/** Calls of Claude Code have no `agent`; those of another program have its name. */
export type AgentName = keyof typeof agentTitles

export const agentNames = Object.keys(agentTitles) as AgentName[]
