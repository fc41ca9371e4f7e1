import { exampleSession, type Session } from '@signalbox/contract/session'
import { describe, expect, it } from 'vitest'
import { describeSession, needsPerson, toSessionData } from './session-summary.ts'

const now = Date.parse('2026-10-06T09:15:00.000Z')
const claude = {
  name: 'fix-login',
  branch: 'main',
  model: 'claude-opus-5-5',
  context_tokens: 48_000,
  context_limit: 200_000,
  cost_usd: 1.234567,
  activity_since: '2026-10-06T09:10:00.000Z',
  subagents_running: 2,
  subagents: [],
  tasks: [],
  sources: ['process-file' as const],
}
const session = (more: Partial<Session> = {}): Session => ({ ...exampleSession, metadata: {}, ...more })

describe('a session of Claude Code', () => {
  it('is described with its name, how long it has been doing what it does, and its subagents', () => {
    expect(describeSession(session({ claude_code: claude }), now)).toBe(
      'signalbox "fix-login" on laptop, slot 2: working for 5 min, 2 subagents running (8c1f4f3e)',
    )
    expect(toSessionData(session({ claude_code: claude }))).toMatchObject({
      name: 'fix-login',
      branch: 'main',
      model: 'claude-opus-5-5',
      cost_usd: 1.2346,
      context_used_percent: 24,
      subagents_running: 2,
    })
  })

  it('needs no person while nothing has seen it, though it was waiting then', () => {
    const waiting = { claude_code: claude, activity: 'waiting' as const, waiting_for: 'permission' as const }
    expect(needsPerson(session(waiting))).toBe(true)
    expect(needsPerson(session({ ...waiting, not_seen_since: '2026-10-06T09:05:00.000Z' }))).toBe(false)
  })

  it('that nothing has seen is said to be so, whatever its last state was', () => {
    const unseen = session({ claude_code: claude, not_seen_since: '2026-10-06T09:05:00.000Z' })
    expect(describeSession(unseen, now)).toContain('working for 5 min, 2 subagents running, not seen for 10 min')
  })
})

describe('a session that no one observes', () => {
  it('is described by what its client reports, and no more', () => {
    expect(describeSession(session(), now)).toBe('signalbox on laptop, slot 2: working (8c1f4f3e)')
    expect(Object.keys(toSessionData(session({ activity: undefined as never })))).not.toContain('activity')
    expect(toSessionData(session())).not.toHaveProperty('cost_usd')
  })
})

it.each([
  [{ activity: 'waiting', waiting_for: 'other' }, 'waiting', true],
  [{ activity: 'waiting', waiting_for: 'input', waiting_since: '2026-10-06T09:14:20.000Z' }, 'waiting for input, since 40 s', true],
  [{ status: 'stalled' }, 'stalled, last heartbeat 3 min ago', true],
  [{ status: 'failed', completed_at: '2026-10-06T09:00:00.000Z' }, 'failed 15 min ago', true],
  [{ status: 'completed', completed_at: '2026-10-04T09:00:00.000Z' }, 'completed 2 d ago', false],
  [{ status: 'paused', activity: 'waiting' }, 'paused', false],
  [{ activity: 'idle' }, 'idle', false],
] as const)('%o is %s', (fields, words, person) => {
  expect([describeSession(session(fields), now), needsPerson(session(fields))]).toEqual([
    `signalbox on laptop, slot 2: ${words} (8c1f4f3e)`,
    person,
  ])
})
