import fs from 'node:fs'
import path from 'node:path'
import type { Call } from '@signalbox/contract/call'
import { normaliseModel } from '@signalbox/usage/model-name'
import { picoToUsd } from '@signalbox/usage/money'
import { priceCall } from '@signalbox/usage/price.fixture'
import { defaultPriceTable, parsePriceTable } from '@signalbox/usage/price-table'
import { describe, expect, test } from 'vitest'

const text = fs.readFileSync(path.join(import.meta.dirname, '../docs/prices.md'), 'utf8')
const call = { key: 'k:', at: '2026-12-02T00:00:00.000Z', is_sidechain: false, input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0 }

describe('docs/prices.md', () => {
  test('shows a valid table with the described effects', () => {
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(text) ?? []
    const table = parsePriceTable(JSON.parse(json))
    const cost = (over: Partial<Call> & { model: string }) => {
      const pico = priceCall(table, { ...call, ...over })
      return pico === null ? null : picoToUsd(pico)
    }
    expect(table.version).toBe('acme-2026-12')
    expect(cost({ model: 'claude-next-9', output: 1_000_000 })).toBe(25)
    expect(cost({ model: 'claude-next-9', read: 200_001 })).toBe(0.200001)
    expect(cost({ model: 'claude-sonnet-5', output: 1_000_000, at: '2026-11-30T23:59:59.999Z' })).toBe(10)
    expect(cost({ model: 'claude-sonnet-5', output: 1_000_000 })).toBe(9)
    expect(cost({ model: 'claude-sonnet-5', output: 1_000_000, inference_geo: 'us' })).toBe(9)
    expect(cost({ model: 'claude-opus-5-5', output: 1_000_000, service_tier: 'flex' })).toBe(10)
    expect(cost({ model: 'claude-opus-5-5', web_searches: 2 })).toBe(0.02)
  })

  test('calculates its example as the code does', () => {
    const example = { ...call, model: 'claude-fable-5', input: 1_900, output: 16_300, read: 4_800_000, write_1h: 533_800 }
    expect(text).toContain(`= $${picoToUsd(priceCall(defaultPriceTable(), example)!)}`)
  })

  test('lists names that all mean the same model', () => {
    const [sentence = ''] = /The names Claude Code, clouds and gateways write.*/.exec(text) ?? []
    const names = [...sentence.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(9)
    expect(new Set(names.map(normaliseModel))).toEqual(new Set(['claude-sonnet-4-5']))
  })

  test('names models without a price, and other vendors as themselves', () => {
    const [section = ''] = /- \*\*Other vendors' names[\s\S]*?\n\n/.exec(text) ?? []
    const names = [...section.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name.replace('…', 'us-west-2:123456789012'))
    expect(names).toContain('claude-sonnet-latest')
    for (const name of names) {
      const model = name.startsWith(':') ? `claude-opus-5${name}` : name
      expect(priceCall(defaultPriceTable(), { ...call, model })).toBeNull()
    }
    const own = { input: 1, write_5m: 1, write_1h: 1, read: 1, output: 1 }
    const models = ['grok-4', 'deepseek-v3'].map((name) => ({ names: [name], prices: [own] }))
    const table = parsePriceTable({ version: '1', date: '2026-12-01', web_search: 0, models })
    expect(names.filter((model) => priceCall(table, { ...call, model }) !== null)).toEqual(['grok-4', 'deepseek-v3', 'grok-4'])
  })

  test('says what fast mode and the last day of a price cost', () => {
    const usd = (over: Partial<Call> & { model: string }) => picoToUsd(priceCall(defaultPriceTable(), { ...call, ...over })!)
    const [, fast = ''] = /fast mode\*\*, as `([^`]+)`/.exec(text) ?? []
    expect(usd({ model: fast, input: 1_000_000, speed: 'standard' })).toBe(30)
    expect(text).toContain('$0.20 through 6 October 2026 and $0.10 from 00:00 UTC of the 7th')
    expect(usd({ model: 'claude-sonnet-5-5', read: 1_000_000, at: '2026-10-06T23:59:59.999Z' })).toBe(0.2)
    expect(usd({ model: 'claude-sonnet-5-5', read: 1_000_000, at: '2026-10-07T00:00:00.000Z' })).toBe(0.1)
  })

  test('quotes an actual message', () => {
    const [, place, message] = /such as `(\S+) ([^`]+)`/.exec(text)!
    const prices = { input: 1, write_5m: 1, write_1h: 1, read: 1, output: 1 }
    const duplicated = { version: '1', date: '2026-12-01', web_search: 0, models: [{ names: ['a'], prices: [prices, prices] }] }
    expect(() => parsePriceTable(duplicated)).toThrow(`${place} ${message}`)
  })
})
