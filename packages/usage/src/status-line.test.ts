import { describe, expect, it } from 'vitest'
import { readStatusLine } from './status-line.ts'

const at = Date.parse('2026-10-06T09:18:00.000Z')
const seconds = (text: string) => Date.parse(text) / 1000
const tonight = seconds('2026-10-06T12:00:00Z')
const thursday = seconds('2026-10-08T05:00:00Z')

const input = (rate_limits: unknown) => ({
  session_id: '6f0d2c1e-0000-4000-8000-000000000001',
  transcript_path: '/home/me/.claude/projects/-home-me-work/6f0d2c1e.jsonl',
  model: { id: 'claude-saga-1', display_name: 'Saga 1' },
  context_window: { used_percentage: 8 },
  rate_limits,
})
const sessionOf = (five_hour: unknown) => readStatusLine(input({ five_hour }), at).windows[0]

describe('the input of a status line', () => {
  it('has the model, the context, and two windows with their resets', () => {
    const limits = { five_hour: { used_percentage: 23.5, resets_at: tonight }, seven_day: { used_percentage: 41.2, resets_at: thursday } }
    expect(readStatusLine(input(limits), at)).toEqual({
      model: 'Saga 1',
      contextPercent: 8,
      transcriptPath: '/home/me/.claude/projects/-home-me-work/6f0d2c1e.jsonl',
      windows: [
        {
          kind: 'session',
          label: '5-hour limit',
          percentUsed: 23.5,
          resetsAt: tonight * 1000,
          resetsText: '2 hr 42 min',
          state: 'known',
        },
        {
          kind: 'weekly_all',
          label: 'Weekly limit',
          percentUsed: 41.2,
          resetsAt: thursday * 1000,
          resetsText: '1 day 19 hr',
          state: 'known',
        },
      ],
    })
  })

  it.each([undefined, null, {}, [], 'none', { five_hour: null }])('has no window when the limits are %j', (limits) => {
    expect(readStatusLine(input(limits), at).windows).toEqual([])
  })

  it.each([
    [130, 130],
    [1_000, 1_000],
    [1_001, undefined],
    [-1, undefined],
  ])('with %d % of the context used has %s', (used_percentage, contextPercent) => {
    expect(readStatusLine({ context_window: { used_percentage } }, at).contextPercent).toBe(contextPercent)
  })

  it.each([1_000.1, 2_500, -0.1, '23', null, undefined, true, Number.NaN])('is unreadable with the percentage %j', (used_percentage) => {
    const window = sessionOf({ used_percentage, resets_at: tonight })
    expect(window).toMatchObject({ state: 'unreadable', problem: expect.stringContaining('the percentage should be') })
    expect(window).not.toHaveProperty('percentUsed')
  })

  it.each([0, 100, 101, 1_000])('is accepted with the percentage %d', (used_percentage) => {
    expect(sessionOf({ used_percentage, resets_at: tonight })).toMatchObject({ state: 'known', percentUsed: used_percentage })
  })

  it.each([tonight * 1000, '2026-10-06T12:00:00Z', Number.POSITIVE_INFINITY, {}])('is unreadable with the reset %j', (resets_at) => {
    expect(sessionOf({ used_percentage: 5, resets_at })).toMatchObject({
      state: 'unreadable',
      problem: expect.stringContaining('the reset'),
    })
  })

  it('has no window that has ended', () => {
    expect(sessionOf({ used_percentage: 90, resets_at: at / 1000 })).toBeUndefined()
  })

  it.each([null, 5, 'text', [1]])('is rejected when it is %j', (text) => {
    expect(() => readStatusLine(text, at)).toThrow('should be an object')
  })

  it('is read without the fields of a wrong type', () => {
    expect(readStatusLine({ model: 'x', context_window: { used_percentage: 9_000 }, transcript_path: 4 }, at)).toEqual({ windows: [] })
  })
})

describe('cost and cache', () => {
  const read = (more: object) => {
    const { windows: _, ...line } = readStatusLine(more, at)
    return line
  }

  it('are those of the session, in versions that have them', () => {
    const cost = { total_cost_usd: 0.25, total_duration_ms: 90_000 }
    expect(read({ version: '2.1.332', cost, prompt_cache: { expires_at: tonight } })).toEqual({
      costUsd: 0.25,
      durationMs: 90_000,
      cacheExpiresAt: tonight * 1000,
    })
    // The cost of the process, whichever sessions it ran.
    expect(read({ version: '2.1.200', cost })).toEqual({})
    expect(read({ cost })).toEqual({})
    expect(read({ version: '2.1.274', cost: { total_cost_usd: 0 } })).toEqual({ costUsd: 0 })
    expect(read({ version: '2.1.332', prompt_cache: { warm: false, expires_at: null } })).toEqual({ cacheExpiresAt: null })
  })

  it.each([-1, '1', null, Number.NaN, 1e12])('are left out when a cost is %j', (total_cost_usd) => {
    expect(read({ version: '2.1.332', cost: { total_cost_usd }, prompt_cache: 7 })).toEqual({})
  })
})
