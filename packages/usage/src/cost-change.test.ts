import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costChange, mainContribution, rankAmong } from './cost-change.ts'

describe('the difference of two costs', () => {
  it('is split into more tokens and dearer tokens, which add up to it', () => {
    expect(costChange({ cost: 98, tokens: 160 }, { cost: 78, tokens: 156 })).toEqual({
      difference: 20,
      ratio: 20 / 78,
      volume: 2,
      price: 18,
    })
  })

  it('adds up to the last digit, whatever the sums', () => {
    const usd = fc.integer({ min: 0, max: 1e12 }).map((units) => units / 1e7)
    // So that no part is beyond 2^53 hundredths of a cent.
    const tokens = fc.oneof(fc.constant(0), fc.integer({ min: 1e4, max: 1e9 }))
    const sums = fc.record({ cost: usd, tokens })
    const units = (dollars: number) => Math.round(dollars * 1e4)
    fc.assert(
      fc.property(sums, sums, (now, before) => {
        const { difference, volume, price } = costChange(now, before)
        expect(units(volume) + units(price)).toBe(units(difference))
        expect(units(difference)).toBe(units(now.cost) - units(before.cost))
        if (before.tokens > 0 && now.tokens === before.tokens) expect(volume).toBe(0)
      }),
    )
  })

  it('is all volume where nothing was used before', () => {
    expect(costChange({ cost: 5, tokens: 10 }, { cost: 0, tokens: 0 })).toEqual({ difference: 5, ratio: undefined, volume: 5, price: 0 })
  })
})

describe('the main contribution', () => {
  const of = (entries: Record<string, number>) => new Map(Object.entries(entries))

  it('is the dimension of which one name explains most, in the direction of the difference', () => {
    const project = { now: of({ web: 30, api: 30 }), before: of({ web: 20, api: 20 }) }
    const model = { now: of({ opus: 45, haiku: 15 }), before: of({ opus: 22, haiku: 18 }) }
    expect(mainContribution(20, { project, model })).toEqual({ dimension: 'model', parts: [{ name: 'opus', difference: 23 }] })
  })

  it('is none where every name has a little', () => {
    const now = of({ a: 13, b: 13, c: 13 })
    expect(mainContribution(9, { project: { now, before: of({ a: 10, b: 10, c: 10 }) } })).toBeUndefined()
  })
})

it('calls a day unusual that is far from the median and beyond four of five', () => {
  const usual = [10, 10, 11, 12, 9, 10, 8, 30, 10, 11]
  expect(rankAmong(20, usual)).toEqual({ isUnusual: true, beyond: 9 })
  expect(rankAmong(11, usual)).toEqual({ isUnusual: false, beyond: 6 })
})
