import { displayLabel, wireLabel } from '@signalbox/contract/limit-label'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { describe, expect, it } from 'vitest'
import { scopeField, snapshotBodyOf, snapshotFromBody, windowKey } from './limit-snapshot.ts'

const at = Date.parse('2026-10-06T09:18:00.000Z')

describe('a snapshot of the plan limits', () => {
  const body: SnapshotBody = {
    lastUpdated: '2026-10-06T09:18:00.000Z',
    currentSession: { percentageUsed: 0, idle: true },
    weeklyLimits: {
      allModels: { resetsIn: 'Thu 7:00 AM', percentageUsed: 31, resetsAt: '2026-10-08T05:00:00.000Z' },
      fableOnly: { resetsIn: 'Thu 7:00 AM', percentageUsed: 44, label: 'Fable only' },
    },
    isPartial: true,
    extractionErrors: { sonnetOnly: 'no percentage beside "Sonnet only"', planInfo: 'no plan' },
    account: 'a',
    source: 'console',
    machine_id: 'laptop',
  }

  it('converts from and to the wire form without loss', () => {
    expect(snapshotBodyOf(snapshotFromBody(body, at))).toEqual(body)
  })

  it('distinguishes known, idle and unreadable windows, and has no percentage for unreadable ones', () => {
    const windows = new Map(snapshotFromBody(body, at).windows.map((window) => [windowKey(window), window]))
    expect(windows.get('session')).toMatchObject({ state: 'idle', percentUsed: 0 })
    expect(windows.get('weekly_all')).toMatchObject({ state: 'known', percentUsed: 31, resetsAt: Date.parse('2026-10-08T05:00:00Z') })
    expect(windows.get('weekly_scoped:fable')).toMatchObject({ state: 'known', scope: 'Fable' })
    expect(windows.get('weekly_scoped:sonnet')).toEqual({
      kind: 'weekly_scoped',
      scope: 'Sonnet',
      label: 'Weekly limit · Sonnet',
      state: 'unreadable',
      problem: 'no percentage beside "Sonnet only"',
    })
    expect(snapshotFromBody(body, at).errors).toEqual({ planInfo: 'no plan' })
  })

  it('needs no code for an unknown model', () => {
    expect(['Sonnet', 'Fable', 'Opus 5.5', '5 of them', 'モデル'].map(scopeField)).toEqual([
      'sonnetOnly',
      'fableOnly',
      'opus55Only',
      'model5OfThemOnly',
      expect.stringMatching(/^model[0-9a-z]+Only$/),
    ])
  })

  it('omits absent windows', () => {
    const { windows, ...rest } = snapshotFromBody(body, at)
    const empty = snapshotBodyOf({ ...rest, windows: windows.map((window) => ({ ...window, state: 'absent' as const })) })
    expect([empty.currentSession, empty.weeklyLimits]).toEqual([undefined, undefined])
  })
})

describe('the label of a window', () => {
  it.each([
    ['session', 'Current session', '5-hour limit'],
    ['weekly_all', 'All models', 'Weekly limit'],
    ['weekly_scoped', 'Fable only', 'Weekly limit · Fable'],
    ['weekly_scoped', 'Opus 5.5 only', 'Weekly limit · Opus 5.5'],
  ] as const)('of a %s window is translated from %s to %s, and back for the wire', (kind, stored, shown) => {
    const scope = / only$/.test(stored) ? stored.replace(' only', '') : undefined
    expect(displayLabel(kind, stored)).toBe(shown)
    expect(displayLabel(kind, shown)).toBe(shown)
    for (const label of [stored, shown]) expect(wireLabel({ kind, label, ...(scope && { scope }) })).toBe(stored)
  })

  it('is shown unchanged when it is not one of the known labels', () => {
    for (const kind of ['session', 'weekly_all', 'weekly_scoped'] as const) {
      expect(displayLabel(kind, 'Claude Design')).toBe('Claude Design')
      expect(wireLabel({ kind, scope: 'Claude Design', label: 'Claude Design' })).toBe('Claude Design')
    }
  })

  it('does not change the identity of the window, whether the sender is of this or of an earlier version', () => {
    const window = { percentageUsed: 1, resetsIn: '1 hr' }
    for (const label of ['Fable only', 'Weekly limit · Fable', undefined]) {
      const body = {
        lastUpdated: new Date(at).toISOString(),
        currentSession: { ...window, ...(label && { label: 'Current session' }) },
        weeklyLimits: { fableOnly: { ...window, ...(label && { label }) } },
      }
      const { windows } = snapshotFromBody(body, at)
      expect(windows.map((one) => [windowKey(one), one.label])).toEqual([
        ['session', '5-hour limit'],
        ['weekly_scoped:fable', 'Weekly limit · Fable'],
      ])
      expect(snapshotBodyOf(snapshotFromBody(body, at)).weeklyLimits).toEqual({ fableOnly: { ...window, label: 'Fable only' } })
    }
  })
})
