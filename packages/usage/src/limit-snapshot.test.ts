import type { LimitReading } from '@signalbox/contract/limits'
import { describe, expect, it } from 'vitest'
import { readingOf, scopeField, snapshotOf, windowKey } from './limit-snapshot.ts'

const at = Date.parse('2026-10-06T09:18:00.000Z')

describe('a reading of the plan limits', () => {
  const reading: LimitReading = {
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

  it('comes back from a snapshot as it went in', () => {
    expect(readingOf(snapshotOf(reading, at))).toEqual(reading)
  })

  it('tells known, idle and unreadable windows apart, and gives no number to the last', () => {
    const windows = new Map(snapshotOf(reading, at).windows.map((window) => [windowKey(window), window]))
    expect(windows.get('session')).toMatchObject({ state: 'idle', percentUsed: 0 })
    expect(windows.get('weekly_all')).toMatchObject({ state: 'known', percentUsed: 31, resetsAt: Date.parse('2026-10-08T05:00:00Z') })
    expect(windows.get('weekly_scoped:fable')).toMatchObject({ state: 'known', scope: 'Fable' })
    expect(windows.get('weekly_scoped:sonnet')).toEqual({
      kind: 'weekly_scoped',
      scope: 'Sonnet',
      label: 'Sonnet only',
      state: 'unreadable',
      problem: 'no percentage beside "Sonnet only"',
    })
    expect(snapshotOf(reading, at).errors).toEqual({ planInfo: 'no plan' })
  })

  it('needs no code for a model that nobody knows yet', () => {
    expect(['Sonnet', 'Fable', 'Opus 5.5', '5 of them', 'モデル'].map(scopeField)).toEqual([
      'sonnetOnly',
      'fableOnly',
      'opus55Only',
      'model5OfThemOnly',
      expect.stringMatching(/^model[0-9a-z]+Only$/),
    ])
  })

  it('leaves out a window that is absent', () => {
    const { windows, ...rest } = snapshotOf(reading, at)
    const gone = readingOf({ ...rest, windows: windows.map((window) => ({ ...window, state: 'absent' as const })) })
    expect([gone.currentSession, gone.weeklyLimits]).toEqual([undefined, undefined])
  })
})
