import { limitSources, limitSourceTraits } from '@signalbox/contract/limit-source'
import { describe, expect, it } from 'vitest'
import { type LimitSnapshot, type PlanWindow, windowKey } from './limit-snapshot.ts'
import { UNREADABLE_FALLBACK_MS, winningWindows } from './limit-winner.ts'

const now = Date.parse('2026-10-06T09:00:00Z')
const minutes = (n: number) => n * 60_000
const reset = now + minutes(120)

const session = (percentUsed: number, resetsAt = reset): PlanWindow => ({
  kind: 'session',
  label: '5-hour limit',
  percentUsed,
  resetsAt,
  state: 'known',
})
const scoped = (scope: string, percentUsed: number): PlanWindow => ({
  kind: 'weekly_scoped',
  scope,
  label: `Weekly limit · ${scope}`,
  percentUsed,
  state: 'known',
})
const snapshot = (source: LimitSnapshot['source'], ago: number, ...windows: PlanWindow[]): LimitSnapshot => ({
  ...(source === undefined ? {} : { source }),
  capturedAt: now - minutes(ago),
  receivedAt: now,
  windows,
  isPartial: false,
})
const winners = (...snapshots: LimitSnapshot[]) =>
  Object.fromEntries(
    winningWindows(snapshots).map(({ window, from }) => [
      windowKey(window),
      [window.percentUsed ?? window.state, from.source ?? 'unknown'],
    ]),
  )

describe('the winning window', () => {
  it('comes from the newest snapshot of the whole plan, in any order of the snapshots', () => {
    const snapshots = [
      snapshot('console', 5, session(40), scoped('Sonnet', 7)),
      snapshot('claude-json', 1, session(42), scoped('Sonnet', 8)),
    ]
    const expected = { session: [42, 'claude-json'], 'weekly_scoped:sonnet': [8, 'claude-json'] }
    expect(winners(...snapshots)).toEqual(expected)
    expect(winners(...snapshots.reverse())).toEqual(expected)
  })

  it('is missing when the newest whole snapshot no longer has it', () => {
    expect(winners(snapshot('console', 5, session(40), scoped('Opus', 7)), snapshot('console', 1, session(42)))).toEqual({
      session: [42, 'console'],
    })
  })

  it('comes from a newer status line with a higher percentage, which keeps the windows that it does not have', () => {
    expect(winners(snapshot('console', 5, session(40), scoped('Sonnet', 7)), snapshot('statusline', 1, session(55)))).toEqual({
      session: [55, 'statusline'],
      'weekly_scoped:sonnet': [7, 'console'],
    })
  })

  it.each(limitSources)('outlives a newer snapshot of %s that lacks it only if that source does not cover the whole plan', (source) => {
    const shown = winners(snapshot('console', 5, session(40), scoped('Sonnet', 7)), snapshot(source, 1, session(55)))
    expect(shown.session).toEqual([55, source])
    expect('weekly_scoped:sonnet' in shown).toBe(!limitSourceTraits[source].coversWholePlan)
  })

  it('does not come from a status line that lowers it or that has an ended window', () => {
    expect(winners(snapshot('console', 5, session(40)), snapshot('statusline', 1, session(30, reset + 20_000)))).toEqual({
      session: [40, 'console'],
    })
    expect(winners(snapshot('console', 5, session(3)), snapshot('statusline', 1, session(90, reset - minutes(300))))).toEqual({
      session: [3, 'console'],
    })
  })

  it('comes from a status line of the next window, even with a lower percentage', () => {
    expect(winners(snapshot('console', 50, session(90)), snapshot('statusline', 1, session(2, reset + minutes(300))))).toEqual({
      session: [2, 'statusline'],
    })
  })

  it('does not come from an older status line', () => {
    expect(winners(snapshot('console', 1, session(40)), snapshot('statusline', 5, session(60)))).toEqual({ session: [40, 'console'] })
  })

  it('has the highest percentage of several status lines of one window', () => {
    const one = { ...snapshot('statusline', 3, session(60)), machineId: 'a' }
    const other = { ...snapshot('statusline', 1, session(50)), machineId: 'b' }
    expect(winners(other, one)).toEqual({ session: [60, 'statusline'] })
  })

  it('is a percentage up to a quarter of an hour older rather than an unreadable window', () => {
    const unreadable: PlanWindow = { ...scoped('Sonnet', 0), state: 'unreadable' }
    const { percentUsed: _, ...withoutPercent } = unreadable
    const age = UNREADABLE_FALLBACK_MS / 60_000
    expect(winners(snapshot('console', 0, withoutPercent), snapshot('claude-json', age - 1, scoped('Sonnet', 7)))).toEqual({
      'weekly_scoped:sonnet': [7, 'claude-json'],
    })
    expect(winners(snapshot('console', 0, withoutPercent), snapshot('claude-json', age + 1, scoped('Sonnet', 7)))).toEqual({
      'weekly_scoped:sonnet': ['unreadable', 'console'],
    })
  })

  it('is never an absent window', () => {
    expect(winners(snapshot('console', 1, { ...session(0), state: 'absent' }))).toEqual({})
  })
})
