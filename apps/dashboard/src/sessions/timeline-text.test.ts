import { expect, test } from 'vitest'
import type { TimelineRow } from '../hub/answer.ts'
import { findWaits } from '../hub/session-sources.ts'
import { toTimelineLines } from './timeline-text.ts'

const second = (at: number) => `2026-11-09T12:00:${String(at).padStart(2, '0')}.000Z`
const observed = (at: number, kind: string, fields: Partial<TimelineRow> = {}): TimelineRow => ({
  at: second(at),
  type: `observed.${kind}`,
  source: 'hook',
  ...fields,
})
const activity = (at: number, to: string, reason?: string): TimelineRow => ({
  at: second(at),
  type: 'session.activity',
  to,
  source: 'process-file',
  ...(reason === undefined ? {} : { reason }),
})
const texts = (rows: readonly TimelineRow[]) => toTimelineLines(rows).map(({ text }) => text)

test('tools that followed each other share a line, those of a subagent have their own', () => {
  const tool = (at: number, name: string, fields: Partial<TimelineRow> = {}) => observed(at, 'tool', { name, duration_ms: 400, ...fields })
  expect(
    texts([
      tool(1, 'Read'),
      tool(2, 'Bash', { failed: true }),
      tool(3, 'Read'),
      tool(4, 'Grep', { agent_id: 'a1' }),
      observed(5, 'subagent-ended', { name: 'Explore', agent_id: 'a1', duration_ms: 65_000 }),
      tool(6, 'Edit', { failed: true }),
    ]),
  ).toEqual(['Read ×2, Bash, 1 failed, 1 s', 'In a subagent: Grep, 400 ms', 'Subagent ended: Explore, 1 min', 'Edit failed, 400 ms'])
})

test('a change of activity has a line of its own only where no event beside it says the same', () => {
  const rows = [
    observed(1, 'prompt'),
    activity(1, 'working'),
    observed(9, 'waiting', { name: 'Bash', reason: 'permission' }),
    activity(10, 'waiting', 'permission'),
    activity(40, 'working'),
    observed(50, 'turn-ended', { duration_ms: 49_000 }),
    activity(50, 'idle'),
  ]
  const waits = findWaits(rows, { now: Date.parse(second(59)), waiting: false })
  expect(toTimelineLines(rows, waits).map(({ text }) => text)).toEqual([
    'Prompt',
    'Waiting for permission: Bash, 30 s',
    'Working',
    'Turn ended, 49 s',
  ])
})

test('failures and ends have their reasons, and an event of a later version its name', () => {
  expect(
    texts([
      observed(1, 'started', { reason: 'resume' }),
      observed(2, 'turn-failed', { reason: 'rate_limit' }),
      observed(3, 'compacted', { reason: 'auto' }),
      observed(4, 'ended', { reason: 'prompt_input_exit' }),
      observed(5, 'model-switched', { name: 'Opus' }),
      { at: second(6), type: 'session.updated' },
      { at: second(7), type: 'session.status', from: 'active', to: 'failed', reason: 'process ended' },
    ]),
  ).toEqual([
    'Resumed',
    'Turn failed: rate_limit',
    'Context compacted (auto)',
    'Claude Code ended: prompt_input_exit',
    'Model switched: Opus',
    'Failed',
  ])
})
