import { expect, test } from 'vitest'
import { buildSubagentTree, type SubagentNode } from './subagent-tree.ts'

const names = (nodes: readonly SubagentNode[]): unknown[] =>
  nodes.map(({ agent, children }) => (children.length === 0 ? agent.agent_id : [agent.agent_id, ...names(children)]))
const started = (second: number) => `2026-11-09T12:00:0${second}.000Z`

test('subagents stand below the one that started them, in the order in which they started', () => {
  const tree = buildSubagentTree([
    { agent_id: 'late', started_at: started(9) },
    { agent_id: 'child', parent_agent_id: 'early', started_at: started(5) },
    { agent_id: 'first child', parent_agent_id: 'early', started_at: started(2) },
    { agent_id: 'early', started_at: started(1) },
    { agent_id: 'grandchild', parent_agent_id: 'child' },
    { agent_id: 'without a time' },
  ])
  expect(names(tree)).toEqual([['early', 'first child', ['child', 'grandchild']], 'late', 'without a time'])
})

test('none is missing: not one with an unknown parent, nor one of a circle, nor one that is sent twice', () => {
  const tree = buildSubagentTree([
    { agent_id: 'orphan', parent_agent_id: 'gone' },
    { agent_id: 'a', parent_agent_id: 'b' },
    { agent_id: 'b', parent_agent_id: 'a' },
    { agent_id: 'self', parent_agent_id: 'self' },
    { agent_id: 'below', parent_agent_id: 'a' },
    { agent_id: 'orphan', parent_agent_id: 'gone' },
  ])
  expect(names(tree)).toEqual([['a', 'below'], 'b', 'orphan', 'self'])
})
