import type { Call } from '@signalbox/contract/call'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { picoToUsd } from './money.ts'
import { priceCall, priceSlice } from './price.fixture.ts'
import { defaultPriceTable } from './price-table.ts'
import { addToSlice, type Slice, sliceKey, toSlice } from './slice.ts'

const table = defaultPriceTable()
const million = 1_000_000

function call(model: string, over: Partial<Call> = {}): Call {
  return {
    key: 'k:',
    at: '2026-11-20T12:00:00.000Z',
    model,
    is_sidechain: false,
    input: 0,
    output: 0,
    write_5m: 0,
    write_1h: 0,
    read: 0,
    ...over,
  }
}

function usd(model: string, over: Partial<Call> = {}): number | null {
  const pico = priceCall(table, call(model, over))
  return pico === null ? null : picoToUsd(pico)
}

/** Dollars for a million tokens of each class, in calls too short for any band. */
function perMillion(model: string, over: Partial<Call> = {}): (number | null)[] {
  const thousand = 1_000
  return (['input', 'write_5m', 'write_1h', 'read', 'output'] as const).map((name) => {
    const pico = priceCall(table, call(model, { ...over, [name]: thousand }))
    return pico === null ? null : picoToUsd(pico * 1_000n)
  })
}

describe('every row of the list', () => {
  const opus5 = [5, 6.25, 10, 0.5, 25]
  const opus4 = [15, 18.75, 30, 1.5, 75]
  const sonnet = [3, 3.75, 6, 0.3, 15]
  const rows: Record<string, number[]> = {
    'claude-fable-5-2': [8, 10, 16, 0.2, 40],
    'claude-mythos-5-2': [8, 10, 16, 0.2, 40],
    'claude-fable-5-1': [10, 12.5, 20, 0.25, 50],
    'claude-mythos-5-1': [10, 12.5, 20, 0.25, 50],
    'claude-fable-5': [10, 12.5, 20, 1, 50],
    'claude-mythos-5': [10, 12.5, 20, 1, 50],
    'claude-opus-5-5': [4, 5, 8, 0.2, 20],
    'claude-opus-5': opus5,
    'claude-opus-4-8': opus5,
    'claude-opus-4-7': opus5,
    'claude-opus-4-6': opus5,
    'claude-opus-4-5': opus5,
    'claude-opus-4-1': opus4,
    'claude-opus-4': opus4,
    'claude-3-opus': opus4,
    'claude-sonnet-5-5': [2, 2.5, 4, 0.1, 10],
    'claude-sonnet-5': [2, 2.5, 4, 0.2, 10],
    'claude-sonnet-4-6': sonnet,
    'claude-sonnet-4-5': sonnet,
    'claude-sonnet-4': sonnet,
    'claude-3-7-sonnet': sonnet,
    'claude-3-5-sonnet': sonnet,
    'claude-haiku-5-5': [0.1, 0.125, 0.2, 0.01, 0.5],
    'claude-haiku-4-5': [1, 1.25, 2, 0.1, 5],
    'claude-3-5-haiku': [0.8, 1, 1.6, 0.08, 4],
    'claude-3-haiku': [0.25, 0.3, 0.5, 0.03, 1.25],
  }
  for (const [model, prices] of Object.entries(rows)) {
    test(`${model}: ${prices.join(', ')}`, () => {
      expect(perMillion(model)).toEqual(prices)
    })
  }

  test('the table has no other model', () => {
    expect([...table.models.keys()].sort()).toEqual(Object.keys(rows).sort())
  })
})

test('the check figure of a long day on Fable 5 is $16.31, and as five-minute writes $12.31', () => {
  const day = { input: 1_900, output: 16_300, read: 4_800_000 }
  expect(usd('claude-fable-5', { ...day, write_1h: 533_800 })).toBe(16.31)
  expect(usd('claude-fable-5', { ...day, write_5m: 533_800 })).toBeCloseTo(12.31, 2)
})

describe('dates', () => {
  // Input, write 5m, write 1h, read and output before 00:00 UTC of the day, and from then on; null before a model's release.
  const changes: [model: string, day: string, before: number[] | null, after: number[]][] = [
    ['claude-fable-5-1', '2026-09-01', null, [10, 12.5, 20, 0.25, 50]],
    ['claude-mythos-5-1', '2026-09-01', null, [10, 12.5, 20, 0.25, 50]],
    ['claude-opus-5-5', '2026-09-22', null, [4, 5, 8, 0.2, 20]],
    ['claude-sonnet-5-5', '2026-09-28', null, [2, 2.5, 4, 0.2, 10]],
    ['claude-sonnet-5-5', '2026-10-07', [2, 2.5, 4, 0.2, 10], [2, 2.5, 4, 0.1, 10]],
    ['claude-haiku-5-5', '2026-10-07', null, [0.1, 0.125, 0.2, 0.01, 0.5]],
    ['claude-fable-5-2', '2026-11-09', null, [8, 10, 16, 0.2, 40]],
    ['claude-mythos-5-2', '2026-11-09', null, [8, 10, 16, 0.2, 40]],
  ]
  for (const [model, day, before, after] of changes) {
    test(`a price of ${model} holds from midnight UTC of ${day} on`, () => {
      const midnight = Date.parse(day)
      const at = (ms: number) => ({ at: new Date(ms).toISOString() })
      expect(perMillion(model, at(midnight - 86_400_000))).toEqual(before ?? Array(5).fill(null))
      expect(perMillion(model, at(midnight - 1))).toEqual(before ?? Array(5).fill(null))
      expect(perMillion(model, at(midnight))).toEqual(after)
      expect(perMillion(model, at(midnight + 86_399_999))).toEqual(after)
    })
  }

  test('are all tested here, but for the end of the long-context price', () => {
    const dated = [...table.models].flatMap(([model, { periods }]) =>
      periods.filter(({ from }) => Number.isFinite(from)).map(({ from }) => `${model} ${new Date(from).toISOString().slice(0, 10)}`),
    )
    const others = ['claude-opus-4-6 2026-03-13', 'claude-sonnet-4-6 2026-03-13']
    expect(dated.sort()).toEqual([...changes.map(([model, day]) => `${model} ${day}`), ...others].sort())
  })

  test('models without a date have one price for all times', () => {
    expect(usd('claude-3-opus', { at: '2024-03-01T00:00:00.000Z', output: million })).toBe(75)
  })
})

describe('prompt lengths', () => {
  test('Haiku 5.5 costs five times as much for the whole call when its prompt is above 100,000', () => {
    const short = { input: 1_000, write_5m: 9_000, write_1h: 10_000, read: 80_000, output: million }
    const long = { ...short, input: 1_001 }
    expect(usd('claude-haiku-5-5', short)).toBeCloseTo((1_000 * 0.1 + 9_000 * 0.125 + 10_000 * 0.2 + 80_000 * 0.01) / million + 0.5, 12)
    expect(usd('claude-haiku-5-5', long)).toBeCloseTo((1_001 * 0.5 + 9_000 * 0.625 + 10_000 * 1 + 80_000 * 0.05) / million + 2.5, 12)
  })

  test('above 200,000, Sonnet 4 and 4.5 cost twice the input and one and a half times the output', () => {
    for (const model of ['claude-sonnet-4-20250514', 'claude-sonnet-4-5']) {
      const short = { input: 50_000, write_5m: 50_000, write_1h: 50_000, read: 50_000, output: 1_000 }
      expect(usd(model, short)).toBeCloseTo((50_000 * (3 + 3.75 + 6 + 0.3) + 1_000 * 15) / million, 12)
      const long = { ...short, read: 50_001 }
      expect(usd(model, long)).toBeCloseTo((50_000 * (6 + 7.5 + 12) + 50_001 * 0.6 + 1_000 * 22.5) / million, 12)
    }
  })

  test('Opus 4.6 and Sonnet 4.6 have that band only before 2026-03-13', () => {
    for (const [model, prices] of [
      ['claude-opus-4-6', [5, 6.25, 10, 0.5, 25]],
      ['claude-sonnet-4-6', [3, 3.75, 6, 0.3, 15]],
    ] as const) {
      for (const [nth, name] of (['input', 'write_5m', 'write_1h', 'read', 'output'] as const).entries()) {
        const prompt = name === 'output' ? { read: 200_001, output: million } : { [name]: 200_001 }
        const cost = (at: string) => usd(model, { ...prompt, at })
        const before = name === 'output' ? (200_001 * prices[3] * 2) / million + prices[4] * 1.5 : (200_001 * prices[nth]! * 2) / million
        const after = name === 'output' ? (200_001 * prices[3]) / million + prices[4] : (200_001 * prices[nth]!) / million
        expect(cost('2026-03-12T23:59:59.999Z')).toBeCloseTo(before, 10)
        expect(cost('2026-03-13T00:00:00.000Z')).toBeCloseTo(after, 10)
      }
    }
  })

  test('output does not count towards the prompt, and other models have no bands', () => {
    expect(usd('claude-sonnet-4-5', { input: 200_000, output: million })).toBe(0.6 + 15)
    expect(usd('claude-haiku-5-5', { input: 100_000, output: million })).toBe(0.01 + 0.5)
    for (const model of ['claude-opus-4-5', 'claude-opus-5-5', 'claude-sonnet-5', 'claude-fable-5-2', 'claude-3-5-sonnet']) {
      expect(usd(model, { read: 900_000 })).toBeCloseTo(perMillion(model)[3]! * 0.9, 10)
    }
  })
})

describe('multipliers', () => {
  test('fast doubles every token price, and is six times it on Opus 4.6 and 4.7', () => {
    for (const [model, factor] of [
      ['claude-opus-5-5', 2],
      ['claude-opus-4-8', 2],
      ['claude-opus-4-5', 2],
      ['claude-haiku-5-5', 2],
      ['claude-opus-4-6', 6],
      ['claude-opus-4-7', 6],
      ['us.anthropic.claude-opus-4-6-v1:0', 6],
    ] as const) {
      expect(perMillion(model, { speed: 'fast' })).toEqual(perMillion(model).map((price) => expect.closeTo(price! * factor, 10)))
    }
    expect(perMillion('claude-opus-4-6', { speed: 'standard' })).toEqual(perMillion('claude-opus-4-6'))
  })

  test('a fast name is fast whatever the call says, and only once', () => {
    for (const [written, model, factor] of [
      ['us.anthropic.claude-opus-4-6-fast-v1:0', 'claude-opus-4-6', 6],
      ['anthropic/claude-opus-4.7-fast', 'claude-opus-4-7', 6],
      ['anthropic/claude-opus-5-fast', 'claude-opus-5', 2],
      ['anthropic/claude-4.8-opus-fast-20260528', 'claude-opus-4-8', 2],
    ] as const) {
      const fast = perMillion(model).map((price) => expect.closeTo(price! * factor, 10))
      for (const speed of [undefined, 'standard', 'fast']) expect(perMillion(written, speed === undefined ? {} : { speed })).toEqual(fast)
    }
    const all = { service_tier: 'batch', inference_geo: 'us', speed: 'standard' }
    expect(perMillion('anthropic/claude-opus-4.6-fast', all)[0]).toBe(16.5)
    const march = { input: million, at: '2026-03-01T00:00:00.000Z' }
    expect(usd('anthropic/claude-opus-4.6-fast', march)).toBe(60)
  })

  test('inference in the US adds a tenth from the 4.6 models on', () => {
    const [older, newer] = [
      [
        'claude-opus-4-5',
        'claude-opus-4-1',
        'claude-opus-4',
        'claude-3-opus',
        'claude-sonnet-4-5',
        'claude-sonnet-4',
        'claude-3-7-sonnet',
        'claude-3-5-sonnet',
        'claude-haiku-4-5',
        'claude-3-5-haiku',
        'claude-3-haiku',
      ],
      [
        'claude-opus-4-6',
        'claude-sonnet-4-6',
        'claude-opus-4-7',
        'claude-opus-4-8',
        'claude-opus-5',
        'claude-opus-5-5',
        'claude-sonnet-5',
        'claude-sonnet-5-5',
        'claude-haiku-5-5',
        'claude-fable-5',
        'claude-fable-5-1',
        'claude-fable-5-2',
        'claude-mythos-5',
        'claude-mythos-5-1',
        'claude-mythos-5-2',
      ],
    ]
    expect([...older!, ...newer!].sort()).toEqual([...table.models.keys()].sort())
    for (const model of older!) expect(perMillion(model, { inference_geo: 'us' })).toEqual(perMillion(model))
    for (const model of newer!) {
      expect(perMillion(model, { inference_geo: 'us' })).toEqual(perMillion(model).map((price) => expect.closeTo(price! * 1.1, 10)))
    }
    expect(perMillion('claude-opus-5-5', { inference_geo: 'eu' })).toEqual(perMillion('claude-opus-5-5'))
    expect(perMillion('claude-opus-5-5', { inference_geo: 'not_available' })).toEqual(perMillion('claude-opus-5-5'))
  })

  test('batch is half', () => {
    expect(perMillion('claude-sonnet-5', { service_tier: 'batch' })).toEqual([1, 1.25, 2, 0.1, 5])
    expect(perMillion('claude-sonnet-5', { service_tier: 'priority' })).toEqual([2, 2.5, 4, 0.2, 10])
  })

  test('multiply each other and the price band', () => {
    const all = { speed: 'fast', service_tier: 'batch', inference_geo: 'us' }
    expect(usd('claude-opus-4-6', { ...all, input: million, at: '2026-03-01T00:00:00.000Z' })).toBe(33)
    expect(perMillion('claude-opus-4-6', all)[0]).toBe(16.5)
  })

  test('a web search is a cent, whatever the call is multiplied by', () => {
    expect(usd('claude-opus-5-5', { web_searches: 3 })).toBe(0.03)
    const multiplied = { web_searches: 3, speed: 'fast', service_tier: 'batch', inference_geo: 'us' }
    expect(usd('claude-opus-4-6', multiplied)).toBe(0.03)
    expect(usd('claude-opus-4-6', { ...multiplied, input: million })).toBe(16.53)
  })
})

describe('a model without a row', () => {
  test('has no price: neither 0 nor the price of a similar model', () => {
    const names = [
      ...['claude-next-9', 'claude-opus-6', 'claude-opus-5-6', 'claude-opus', 'claude-sonnet-5-5-mini', 'claude-opus-9-fast', ''],
      ...['gpt-5', 'opus-5-5', 'acme-claude-opus-5-5', 'claude-opus-5-5:batch', 'claude-sonnet-5:free', 'anthropic/claude-sonnet-latest'],
    ]
    for (const model of names) expect(usd(model, { output: million, web_searches: 5 })).toBeNull()
  })

  test('has no price whatever stands around its name', () => {
    const before = fc.constantFrom(
      '',
      'anthropic/',
      'us.anthropic.',
      'arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.',
      'x-ai/',
    )
    const after = fc.array(fc.constantFrom('-fast', '-20251101', '[1m]', '-v1:0', '@default', ':thinking', '-latest', '-thinking'), {
      maxLength: 4,
    })
    const unknown = fc.constantFrom(
      'claude-opus-4-9',
      'claude-sonnet-6',
      'claude-3-9-opus',
      'claude-opus',
      'grok-4',
      'deepseek-v3',
      'gpt-5',
    )
    fc.assert(
      fc.property(before, unknown, after, (prefix, name, suffixes) => {
        expect(usd(`${prefix}${name}${suffixes.join('')}`, { output: million })).toBeNull()
      }),
    )
  })

  test('differs from a model with a row, whose calls without tokens cost 0', () => {
    expect(usd('claude-opus-5-5')).toBe(0)
  })
})

test('numbers beyond the precision of a double are exact', () => {
  const huge = call('claude-opus-4-6', { input: 999_999_999_999, read: 999_999_999_999, speed: 'fast', at: '2026-01-01T00:00:00.000Z' })
  // 2 × 6 × $5 and 2 × 6 × $0.50, in micro-dollars.
  expect(priceCall(table, huge)).toBe(999_999_999_999n * 66_000_000n)
})

const models = [...table.models.keys(), 'claude-next-9', 'claude-sonnet-4-5-20250929[1m]', 'anthropic/claude-opus-4.6-fast']
const someCall: fc.Arbitrary<Call> = fc.record({
  key: fc.constant('k:'),
  at: fc.integer({ min: Date.parse('2025-06-01'), max: Date.parse('2026-12-01') }).map((ms) => new Date(ms).toISOString()),
  model: fc.constantFrom(...models),
  is_sidechain: fc.boolean(),
  input: fc.nat(300_000),
  output: fc.nat(64_000),
  write_5m: fc.nat(100_000),
  write_1h: fc.nat(100_000),
  read: fc.nat(300_000),
  web_searches: fc.nat(3),
  speed: fc.constantFrom('', 'standard', 'fast'),
  service_tier: fc.constantFrom('standard', 'batch'),
  inference_geo: fc.constantFrom('', 'us', 'eu'),
})

test('the price of a slice is the sum of the prices of its calls', () => {
  const calls = fc.array(someCall, { minLength: 1, maxLength: 40 }).map((list) =>
    // Few quarter hours and few models, so that slices hold several calls.
    list.map((each, nth) => ({ ...each, at: new Date(Math.floor(Date.parse(each.at) / 8e9) * 8e9 + nth).toISOString() })),
  )
  fc.assert(
    fc.property(calls, (list) => {
      const slices = new Map<string, Slice>()
      const sums = new Map<string, bigint | null>()
      for (const each of list) {
        const slice = toSlice(each, table.thresholds)
        const key = sliceKey(slice)
        const held = slices.get(key)
        const price = priceCall(table, each)
        if (held === undefined) {
          slices.set(key, slice)
          sums.set(key, price)
        } else {
          addToSlice(held, slice)
          const sum = sums.get(key)!
          sums.set(key, price === null ? null : sum + price)
        }
      }
      for (const [key, slice] of slices) expect(priceSlice(table, slice)).toBe(sums.get(key))
    }),
    { numRuns: 200 },
  )
})
