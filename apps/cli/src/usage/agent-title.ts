import { agentTitles } from '@signalbox/contract/agent'
import { printable } from '@signalbox/contract/printable'
import { OWN_AGENT } from '@signalbox/usage/name-form'

/** `Codex` for `codex`; a name that this version does not know stays as it is. */
export function agentTitle(agent: string): string {
  const name = agent || OWN_AGENT
  return (agentTitles as Readonly<Record<string, string>>)[name] ?? printable(name)
}
