import { expect, test } from 'vitest'
import { byModel, usedModels } from './used-prices.ts'

const row = (model: string) => ({ model, input: 1, write_5m: 1, write_1h: 1, read: 1, output: 1 })
const models = byModel(['claude-opus-4', 'claude-opus-4-8', 'claude-opus-4-8', 'claude-haiku-4-5'].map(row))

test('rows of one model stand together', () => {
  expect(models.map(({ model, rows }) => [model, rows.length])).toEqual([
    ['claude-opus-4', 1],
    ['claude-opus-4-8', 2],
    ['claude-haiku-4-5', 1],
  ])
})

test('a model is used by calls with its name, whatever stands around it, and not by calls of a later version', () => {
  const used = (...names: string[]) => usedModels(models, names).map(({ model }) => model)
  expect(used('claude-opus-4-8')).toEqual(['claude-opus-4-8'])
  expect(used('us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-opus-4-20250514')).toEqual(['claude-opus-4', 'claude-haiku-4-5'])
  expect(used('glm-4.6')).toEqual([])
})
