import { describe, expect, test } from 'vitest'
import { priceCall } from './price.fixture.ts'
import shipped from './price-table.json' with { type: 'json' }
import { defaultPriceTable, PriceTableError, parsePriceTable, promptBand } from './price-table.ts'

const prices = { input: 1, write_5m: 1.25, write_1h: 2, read: 0.1, output: 5 }
const small = { version: 'mine', date: '2026-11-01', web_search: 0.01, models: [{ names: ['claude-next-9'], prices: [prices] }] }
const call = {
  key: 'k:',
  at: '2026-11-20T12:00:00.000Z',
  model: 'claude-next-9',
  is_sidechain: false,
  input: 1_000_000,
  output: 0,
  write_5m: 0,
  write_1h: 0,
  read: 0,
}

function problemsOf(json: unknown): string[] {
  try {
    parsePriceTable(json)
  } catch (error) {
    if (!(error instanceof PriceTableError)) throw error
    expect(error.message.split('\n')).toHaveLength(error.problems.length)
    return error.message.split('\n')
  }
  throw new Error('the table was taken')
}

describe('the shipped table', () => {
  test('has a version, a date and a source', () => {
    const table = defaultPriceTable()
    expect(table).toMatchObject({ version: shipped.version, date: shipped.date, source: shipped.source })
    expect(shipped.source).toMatch(/^https:/)
    expect(defaultPriceTable()).toBe(table)
  })

  test('has thresholds at 100,000 and 200,000 tokens', () => {
    expect(defaultPriceTable().thresholds).toEqual([100_000, 200_000])
  })
})

test('a prompt of exactly a threshold does not exceed it', () => {
  const cuts = [100_000, 200_000]
  expect([0, 100_000, 100_001, 200_000, 200_001, 5_000_000].map((tokens) => promptBand(cuts, tokens))).toEqual([0, 0, 1, 1, 2, 2])
  expect(promptBand([], 5_000_000)).toBe(0)
})

describe('a custom table', () => {
  test('stands alone: a model that it does not name has no price', () => {
    const table = parsePriceTable(small)
    expect(table).toMatchObject({ version: 'mine', date: '2026-11-01', thresholds: [] })
    expect(priceCall(table, call)).toBe(1_000_000_000_000n)
    expect(priceCall(table, { ...call, model: 'claude-opus-5-5' })).toBeNull()
  })

  test('extends the shipped table, model by model', () => {
    const { web_search: _, ...rest } = small
    const table = parsePriceTable({
      ...rest,
      extends: 'default',
      models: [...rest.models, { names: ['claude-opus-5-5'], prices: [{ ...prices, input: 3 }] }],
    })
    expect(table.version).toBe('mine')
    expect(table.webSearch).toBe(defaultPriceTable().webSearch)
    expect(priceCall(table, call)).toBe(1_000_000_000_000n)
    expect(priceCall(table, { ...call, model: 'claude-opus-5-5' })).toBe(3_000_000_000_000n)
    expect(priceCall(table, { ...call, model: 'claude-opus-5' })).toBe(5_000_000_000_000n)
    expect(priceCall(table, { ...call, model: 'claude-opus-5', speed: 'fast' })).toBe(10_000_000_000_000n)
    expect(priceCall(defaultPriceTable(), { ...call, model: 'claude-opus-5-5' })).toBe(4_000_000_000_000n)
  })

  test('can have dates, bands and multipliers', () => {
    const above = [
      { ...prices, prompt: 50_000, input: 7 },
      { ...prices, prompt: 80_000, input: 9 },
    ]
    const table = parsePriceTable({
      ...small,
      multipliers: { service_tier: { flex: 0.25 } },
      models: [
        {
          names: ['claude-next-9'],
          multipliers: { speed: { turbo: 1.2345 } },
          prices: [prices, { ...prices, from: '2026-06-01', input: 3, above }],
        },
      ],
    })
    const dollars = (over: object) => Number(priceCall(table, { ...call, ...over })) / 1e12
    expect(table.thresholds).toEqual([50_000, 80_000])
    expect(dollars({ at: '2026-05-31T23:59:59.999Z' })).toBe(1)
    expect(dollars({ input: 50_000 })).toBe(0.15)
    expect(dollars({ input: 80_000 })).toBe(0.56)
    expect(dollars({ input: 80_001 })).toBe(0.720009)
    expect(dollars({ input: 10_000, service_tier: 'flex' })).toBe(0.0075)
    expect(dollars({ input: 10_000, speed: 'turbo' })).toBe(0.037035)
    expect(dollars({ input: 10_000, speed: 'fast' })).toBe(0.03)
  })

  test('accepts names as Claude Code writes them, each once', () => {
    const named = (...names: string[]) => ({ ...small, models: [{ names, prices: [prices] }] })
    for (const name of ['claude-next-9-20261101', 'claude-next-9[1m]', 'anthropic/claude-next-9', 'us.anthropic.claude-next-9-v1:0']) {
      expect(priceCall(parsePriceTable(named(name)), call)).toBe(1_000_000_000_000n)
    }
    expect(priceCall(parsePriceTable(named('GLM-4.6')), { ...call, model: 'glm-4.6' })).toBe(1_000_000_000_000n)
    expect(problemsOf(named('claude-next-9[1m]', 'claude-next-9', 'claude-next-9[1m]'))).toEqual([
      'models[0].names[2] is "claude-next-9[1m]", which models[0].names[0] has already',
    ])
  })

  describe('takes a name for itself before what it means', () => {
    const byName = (list: Record<string, number>, more: object = {}) => {
      const models = Object.entries(list).map(([name, input]) => ({ names: [name], prices: [{ ...prices, input }] }))
      const table = parsePriceTable({ ...small, ...more, models })
      return (model: string, over: object = {}) => {
        const pico = priceCall(table, { ...call, model, ...over })
        return pico === null ? null : Number(pico) / 1e12
      }
    }

    test('so two ways to write a model have two prices', () => {
      const cost = byName({ 'claude-next-9': 1, 'claude-next-9[1m]': 2, 'claude-next-9-20261101': 3, 'GLM-4.6': 4, 'glm-4.6': 5 })
      expect(['claude-next-9', 'claude-next-9[1m]', 'claude-next-9-20261101', 'GLM-4.6', 'glm-4.6'].map((name) => cost(name))).toEqual([
        1, 2, 3, 4, 5,
      ])
      expect(cost('us.anthropic.claude-next-9-20261101-v1:0')).toBe(1)
      expect(cost('Glm-4.6')).toBe(5)
    })

    test('and what could mean two of them has no price', () => {
      const cost = byName({ 'claude-next-9-20261101': 1, 'claude-next-9-20261115': 2 })
      expect(cost('claude-next-9-20261115')).toBe(2)
      expect(cost('claude-next-9')).toBeNull()
      expect(cost('claude-next-9[1m]')).toBeNull()
    })

    test('and a name of the shipped table keeps its own', () => {
      const cost = byName({ 'claude-opus-5-5[1m]': 7 }, { extends: 'default' })
      expect(cost('claude-opus-5-5[1m]')).toBe(7)
      expect(cost('claude-opus-5-5')).toBe(4)
      expect(cost('anthropic/claude-opus-5.5')).toBe(4)
    })

    test("and other vendors' models are no relatives", () => {
      const cost = byName({ 'grok-4': 3, 'deepseek-v3': 1, 'gpt-5': 2 })
      for (const model of ['grok-4-fast', 'x-ai/grok-4', 'grok-4-latest', 'deepseek-v4', 'deepseek-v3-20260101', 'gpt-5[1m]']) {
        expect(cost(model)).toBeNull()
      }
    })

    test('and a fast name has its own price, that of its model multiplied, or none', () => {
      const own = byName({ 'claude-next-9': 1, 'claude-next-9-fast': 7 }, { multipliers: { speed: { fast: 2 } } })
      expect(own('claude-next-9-fast')).toBe(7)
      expect(own('anthropic/claude-next-9-fast', { speed: 'standard' })).toBe(7)
      expect(byName({ 'claude-next-9': 1 }, { multipliers: { speed: { fast: 2 } } })('anthropic/claude-next-9-fast')).toBe(2)
      expect(byName({ 'claude-next-9': 1 })('claude-next-9-fast')).toBeNull()
      expect(byName({ 'anthropic/claude-next-9-fast': 7 })('claude-next-9')).toBeNull()
      expect(byName({ 'anthropic/claude-next-9-fast': 7 })('claude-next-9-fast')).toBe(7)
    })
  })

  test('can have the source of a price', () => {
    expect(() =>
      parsePriceTable({
        ...small,
        note: 'n',
        source: 's',
        models: [{ ...small.models[0], source: 'a letter', note: 'n', prices: [{ ...prices, source: 'x' }] }],
      }),
    ).not.toThrow()
  })
})

describe('the error of an invalid table has the path and the problem', () => {
  const model = (over: object) => ({ ...small, models: [{ names: ['a'], prices: [prices], ...over }] })
  const price = (over: object) => model({ prices: [{ ...prices, ...over }] })
  const wrong: [string, unknown, string | RegExp][] = [
    ['no object', [1], 'the price table must be an object, not a list'],
    ['nothing', undefined, 'the price table must be an object, not nothing'],
    ['no models', { version: '1', date: '2026-11-01', web_search: 0 }, 'models is missing'],
    ['empty models', { ...small, models: [] }, 'models must be a list with at least one entry, not an empty one'],
    ['no price of a search', { ...small, web_search: undefined }, 'web_search is missing'],
    ['a bad date', { ...small, date: 'today' }, 'date must be a day such as 2026-03-13, not "today"'],
    ['a day that is none', price({ from: '2026-02-30' }), 'models[0].prices[0].from must be a day such as 2026-03-13, not "2026-02-30"'],
    ['a price missing', model({ prices: [{ ...prices, read: undefined }] }), 'models[0].prices[0].read is missing'],
    ['a price as text', price({ input: '5' }), /^models\[0\]\.prices\[0\]\.input must be an amount of dollars .*, not "5"$/],
    ['a price below 0', price({ output: -1 }), /^models\[0\]\.prices\[0\]\.output must be/],
    ['a price that is no number', price({ output: Number.NaN }), /^models\[0\]\.prices\[0\]\.output must be/],
    ['a price too fine', price({ output: 0.0000001 }), /at most six decimals, not 1e-7$/],
    ['an unknown field', price({ outptu: 5 }), /^models\[0\]\.prices\[0\]\.outptu is not known here; known are input, /],
    ['no names', model({ names: [] }), 'models[0].names must be a list with at least one entry, not an empty one'],
    ['a name that is none', model({ names: [7] }), 'models[0].names[0] must be a text, not 7'],
    ['a name twice', model({ names: ['a', 'a'] }), 'models[0].names[1] is "a", which models[0].names[0] has already'],
    [
      'dates out of order',
      model({
        prices: [
          { ...prices, from: '2026-02-01' },
          { ...prices, from: '2026-01-01' },
        ],
      }),
      'models[0].prices[1].from must be later than the one before it',
    ],
    ['two prices always', model({ prices: [prices, prices] }), 'models[0].prices[1].from must be later than the one before it'],
    [
      'bands out of order',
      price({
        above: [
          { ...prices, prompt: 9 },
          { ...prices, prompt: 9 },
        ],
      }),
      'models[0].prices[0].above[1].prompt must be more than the one before it',
    ],
    [
      'a band at half a token',
      price({ above: [{ ...prices, prompt: 0.5 }] }),
      'models[0].prices[0].above[0].prompt must be a whole number of tokens above 0, not 0.5',
    ],
    [
      'a multiplier of a field without any',
      { ...small, multipliers: { model: {} } },
      'multipliers.model is not known here; known are speed, service_tier, inference_geo',
    ],
    [
      'a multiplier too great',
      model({ multipliers: { speed: { fast: 5000 } } }),
      /^models\[0\]\.multipliers\.speed\.fast must be a factor/,
    ],
    ['another table to extend', { ...small, extends: 'theirs' }, /^extends must be "default"/],
  ]
  for (const [name, json, problem] of wrong) {
    test(name, () => {
      const cleaned: unknown = json === undefined ? undefined : JSON.parse(JSON.stringify(json), (_, value: unknown) => value)
      const problems = problemsOf(name === 'a price that is no number' ? json : cleaned)
      expect(problems).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)])
    })
  }

  test('all problems at once', () => {
    expect(problemsOf({ version: 1, date: '2026-13-01', models: [{ names: ['a'], prices: [{ input: true }] }] })).toHaveLength(8)
  })
})
