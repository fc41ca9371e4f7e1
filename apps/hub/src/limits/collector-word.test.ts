import type { CollectorHealth } from '@signalbox/contract/limits'
import { describe, expect, it } from 'vitest'
import { keptWord } from './collector-word.ts'

const [ok, failing] = (['ok', 'failing'] as const).map((state): CollectorHealth => ({ state, consecutiveFailures: 0 })) as [
  CollectorHealth,
  CollectorHealth,
]
const now = 1_000
const machine = 'laptop'
const turned = (state: CollectorHealth['state']) => [{ event: 'limits.snapshot', data: { machine_id: machine, state } }]

it('all of the first word is kept, and its state is told', () => {
  expect(keptWord(undefined, { machine, account: 'ann', health: ok }, now)).toEqual({
    account: { name: 'ann', at: now },
    health: { said: ok, at: now },
    events: turned('ok'),
  })
})

it('who only asks changes nothing', () => {
  expect(keptWord({ accountAt: 1, health: ok, healthAt: 1 }, { machine, asking: 'a' }, now)).toEqual({ events: [] })
})

describe('the account', () => {
  it.each([
    [499, undefined],
    [500, { name: 'bob', at: 500 }],
    [501, { name: 'bob', at: 501 }],
  ])('that it named at %i, where one of 500 is known', (at, account) => {
    expect(keptWord({ accountAt: 500 }, { machine, account: 'bob', at }, now).account).toEqual(account)
  })

  it('of the future stays until its moment: no clock that was set back makes another one of it', () => {
    expect(keptWord({ accountAt: now + 1 }, { machine, account: 'bob' }, now).account).toBeUndefined()
  })
})

describe('its health', () => {
  it.each([
    [499, undefined],
    [500, { said: failing, at: 500 }],
  ])('of %i, where that of 500 is known, is kept and told when it is no older', (at, health) => {
    const kept = keptWord({ health: ok, healthAt: 500 }, { machine, health: failing, at }, now)
    expect(kept).toEqual({ ...(health && { health }), events: health ? turned('failing') : [] })
  })

  it('in the same state is kept and not told', () => {
    const longer = { ...ok, lastSuccessAt: '2026-10-06T12:00:00.000Z' }
    expect(keptWord({ health: ok, healthAt: 500 }, { machine, health: longer }, now)).toEqual({
      health: { said: longer, at: now },
      events: [],
    })
  })

  it('is heard by a clock that was set back', () => {
    expect(keptWord({ health: ok, healthAt: now + 60_000 }, { machine, health: failing, at: 900 }, now)).toEqual({
      health: { said: failing, at: 900 },
      events: turned('failing'),
    })
  })
})
