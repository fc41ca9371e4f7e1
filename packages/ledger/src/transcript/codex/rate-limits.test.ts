import path from 'node:path'
import { expect, test } from 'vitest'
import { idAt, Rollout } from '../../../../../test/support/rollout.ts'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { parseLimits, readCodexLimits } from './rate-limits.ts'

const row = (rate_limits: unknown) => ({
  timestamp: '2026-11-30T10:00:00.000Z',
  type: 'event_msg',
  payload: { type: 'token_count', info: null, rate_limits },
})

test('limits have the percentage, the length and the reset of each window, in the form of new and of old versions', () => {
  const primary = { used_percent: 11, window_minutes: 300, resets_at: Date.UTC(2026, 10, 30, 12) / 1000 }
  const secondary = { used_percent: 5.5, window_minutes: 10_080, resets_in_seconds: 3_600 }
  expect(parseLimits(row({ limit_id: 'codex', plan_type: 'plus', primary, secondary }))).toEqual({
    captured_at: '2026-11-30T10:00:00.000Z',
    limit_id: 'codex',
    plan: 'plus',
    windows: [
      { percent_used: 11, window_minutes: 300, resets_at: '2026-11-30T12:00:00.000Z' },
      { percent_used: 5.5, window_minutes: 10_080, resets_at: '2026-11-30T11:00:00.000Z' },
    ],
  })
})

test('without a plan there are no limits, and what is none of a window is left out', () => {
  expect(parseLimits(row({ limit_id: 'codex', primary: null, secondary: null }))).toBeUndefined()
  expect(parseLimits(row(null))).toBeUndefined()
  expect(
    parseLimits(row({ primary: { used_percent: 'many' }, secondary: { used_percent: 3, window_minutes: 'x', resets_at: 1e300 } })),
  ).toEqual({
    captured_at: '2026-11-30T10:00:00.000Z',
    limit_id: null,
    plan: null,
    windows: [{ percent_used: 3, window_minutes: null, resets_at: null }],
  })
})

test('the newest limits of all rollouts are read, also where the newest rollout has none', () => {
  const home = tempFolder()
  const limited = (second: number, used_percent: number) =>
    new Rollout(second).thread(idAt(second)).event('token_count', { rate_limits: { primary: { used_percent } } })
  limited(20, 30).write(home, idAt(20))
  limited(10, 20).write(home, idAt(10))
  new Rollout(30).thread(idAt(30)).write(home, idAt(30))
  expect(readCodexLimits({ CODEX_HOME: home })?.windows).toMatchObject([{ percent_used: 30 }])
  expect(readCodexLimits({ CODEX_HOME: path.join(home, 'none') })).toBeUndefined()
})
