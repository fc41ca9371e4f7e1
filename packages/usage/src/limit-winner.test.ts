import { describe, expect, it } from 'vitest'
import { type LimitSnapshot, type PlanWindow, windowKey } from './limit-snapshot.ts'
import { STILL_GOOD_MS, winningWindows } from './limit-winner.ts'

const now = Date.parse('2026-10-06T09:00:00Z')
const minutes = (n: number) => n * 60_000
const reset = now + minutes(120)

const session = (percentUsed: number, resetsAt = reset): PlanWindow => ({
  kind: 'session',
  label: 'Current session',
  percentUsed,
  resetsAt,
  state: 'known',
})
const scoped = (scope: string, percentUsed: number): PlanWindow => ({
  kind: 'weekly_scoped',
  scope,
  label: `${scope} only`,
  percentUsed,
  state: 'known',
})
const said = (source: LimitSnapshot['source'], ago: number, ...windows: PlanWindow[]): LimitSnapshot => ({
  ...(source === undefined ? {} : { source }),
  capturedAt: now - minutes(ago),
  receivedAt: now,
  windows,
  isPartial: false,
})
const outcome = (...snapshots: LimitSnapshot[]) =>
  Object.fromEntries(
    winningWindows(snapshots).map(({ window, from }) => [
      windowKey(window),
      [window.percentUsed ?? window.state, from.source ?? 'unknown'],
    ]),
  )

describe('which window wins', () => {
  it('is the freshest of those who know the whole plan, in whatever order they are given', () => {
    const readings = [said('console', 5, session(40), scoped('Sonnet', 7)), said('claude-json', 1, session(42), scoped('Sonnet', 8))]
    const expected = { session: [42, 'claude-json'], 'weekly_scoped:sonnet': [8, 'claude-json'] }
    expect(outcome(...readings)).toEqual(expected)
    expect(outcome(...readings.reverse())).toEqual(expected)
  })

  it('is none where the newest whole reading no longer has the row', () => {
    expect(outcome(said('console', 5, session(40), scoped('Opus', 7)), said('console', 1, session(42)))).toEqual({
      session: [42, 'console'],
    })
  })

  it('lets a fresher status line raise, and keep the rows it knows nothing of', () => {
    expect(outcome(said('console', 5, session(40), scoped('Sonnet', 7)), said('statusline', 1, session(55)))).toEqual({
      session: [55, 'statusline'],
      'weekly_scoped:sonnet': [7, 'console'],
    })
  })

  it('does not let a status line lower, nor bring back a window that is over', () => {
    expect(outcome(said('console', 5, session(40)), said('statusline', 1, session(30, reset + 20_000)))).toEqual({
      session: [40, 'console'],
    })
    expect(outcome(said('console', 5, session(3)), said('statusline', 1, session(90, reset - minutes(300))))).toEqual({
      session: [3, 'console'],
    })
  })

  it('lets a status line open the next window, below the percentage of the last', () => {
    expect(outcome(said('console', 50, session(90)), said('statusline', 1, session(2, reset + minutes(300))))).toEqual({
      session: [2, 'statusline'],
    })
  })

  it('lets no status line that is older speak at all', () => {
    expect(outcome(said('console', 1, session(40)), said('statusline', 5, session(60)))).toEqual({ session: [40, 'console'] })
  })

  it('keeps the highest of several status lines of one window', () => {
    const one = { ...said('statusline', 3, session(60)), machineId: 'a' }
    const other = { ...said('statusline', 1, session(50)), machineId: 'b' }
    expect(outcome(other, one)).toEqual({ session: [60, 'statusline'] })
  })

  it('shows a percentage of a quarter of an hour before rather than that it could not be read, and no older one', () => {
    const unreadable: PlanWindow = { ...scoped('Sonnet', 0), state: 'unreadable' }
    const { percentUsed: _, ...lost } = unreadable
    const age = STILL_GOOD_MS / 60_000
    expect(outcome(said('console', 0, lost), said('claude-json', age - 1, scoped('Sonnet', 7)))).toEqual({
      'weekly_scoped:sonnet': [7, 'claude-json'],
    })
    expect(outcome(said('console', 0, lost), said('claude-json', age + 1, scoped('Sonnet', 7)))).toEqual({
      'weekly_scoped:sonnet': ['unreadable', 'console'],
    })
  })

  it('does not show what is absent', () => {
    expect(outcome(said('console', 1, { ...session(0), state: 'absent' }))).toEqual({})
  })
})
