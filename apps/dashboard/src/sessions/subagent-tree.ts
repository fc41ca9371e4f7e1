import type { Subagent } from '../hub/answer.ts'

/** A subagent with those that it started. */
export interface SubagentNode {
  readonly agent: Subagent
  readonly children: readonly SubagentNode[]
}

/**
 * The subagents of a session as a tree, in the order in which they started; those without a time come last. One whose parent is
 * not known, or is its own descendant, stands at the top, so that none is missing.
 */
export function buildSubagentTree(agents: readonly Subagent[]): SubagentNode[] {
  const byId = new Map(agents.map((agent) => [agent.agent_id, agent]))
  const childrenOf = new Map<string | undefined, Subagent[]>()
  for (const agent of byId.values()) {
    const parent = isInCycle(agent, byId) ? undefined : byId.get(agent.parent_agent_id ?? '')?.agent_id
    const siblings = childrenOf.get(parent)
    if (siblings === undefined) childrenOf.set(parent, [agent])
    else siblings.push(agent)
  }
  const build = (parent: string | undefined): SubagentNode[] =>
    (childrenOf.get(parent) ?? []).sort(byStart).map((agent) => ({ agent, children: build(agent.agent_id) }))
  return build(undefined)
}

function isInCycle(agent: Subagent, byId: ReadonlyMap<string, Subagent>): boolean {
  const seen = new Set([agent.agent_id])
  for (let parent = byId.get(agent.parent_agent_id ?? ''); parent !== undefined; parent = byId.get(parent.parent_agent_id ?? '')) {
    if (parent.agent_id === agent.agent_id) return true
    if (seen.has(parent.agent_id)) return false
    seen.add(parent.agent_id)
  }
  return false
}

function byStart(a: Subagent, b: Subagent): number {
  const [one, other] = [a.started_at ?? '9999', b.started_at ?? '9999']
  return one < other ? -1 : one > other ? 1 : a.agent_id < b.agent_id ? -1 : 1
}
