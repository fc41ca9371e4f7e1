import type { CollectorHealth } from '@signalbox/contract/collector-health'
import { describe, expect, it } from 'vitest'
import { mergeCollectorMessage } from './collector-health.ts'

const [ok, failing] = (['ok', 'failing'] as const).map((state): CollectorHealth => ({ state, consecutiveFailures: 0 })) as [
  CollectorHealth,
  CollectorHealth,
]
const now = 1_000
const machine = 'laptop'
const stateEvents = (state: CollectorHealth['state']) => [{ event: 'limits.snapshot', data: { machine_id: machine, state } }]

it('the first message is stored whole, and its state is published', () => {
  expect(mergeCollectorMessage(undefined, { machine, account: 'ann', health: ok }, now)).toEqual({
    account: { name: 'ann', at: now },
    health: { value: ok, at: now },
    events: [{ event: 'limits.snapshot', data: { account: 'ann', machine_id: machine, state: 'ok' } }],
  })
})

it('a poll without news changes nothing', () => {
  expect(mergeCollectorMessage({ accountAt: 1, health: ok, healthAt: 1 }, { machine, asking: 'a' }, now)).toEqual({ events: [] })
})

describe('the account', () => {
  it.each([
    [499, undefined],
    [500, { name: 'bob', at: 500 }],
    [501, { name: 'bob', at: 501 }],
  ])('named at %i, where one of 500 is stored', (at, account) => {
    expect(mergeCollectorMessage({ accountAt: 500 }, { machine, account: 'bob', at }, now).account).toEqual(account)
  })

  it('of a future instant stays until that instant, also after the clock was set back', () => {
    expect(mergeCollectorMessage({ accountAt: now + 1 }, { machine, account: 'bob' }, now).account).toBeUndefined()
  })
})

describe('its health', () => {
  it.each([
    [499, undefined],
    [500, { value: failing, at: 500 }],
  ])('of %i, where that of 500 is stored, is stored and published when it is not older', (at, health) => {
    const update = mergeCollectorMessage({ health: ok, healthAt: 500 }, { machine, health: failing, at }, now)
    expect(update).toEqual({ ...(health && { health }), events: health ? stateEvents('failing') : [] })
  })

  it('in the same state is stored and not published', () => {
    const longer = { ...ok, lastSuccessAt: '2026-10-06T12:00:00.000Z' }
    expect(mergeCollectorMessage({ health: ok, healthAt: 500 }, { machine, health: longer }, now)).toEqual({
      health: { value: longer, at: now },
      events: [],
    })
  })

  it('is accepted after the clock was set back', () => {
    expect(mergeCollectorMessage({ health: ok, healthAt: now + 60_000 }, { machine, health: failing, at: 900 }, now)).toEqual({
      health: { value: failing, at: 900 },
      events: stateEvents('failing'),
    })
  })
})
