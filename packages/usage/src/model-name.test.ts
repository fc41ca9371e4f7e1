import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normaliseModel, readModelName } from './model-name.ts'

const names: Record<string, string> = {
  'claude-opus-5-5': 'claude-opus-5-5',
  'claude-sonnet-4-5-20250929': 'claude-sonnet-4-5',
  'claude-opus-4-6[1m]': 'claude-opus-4-6',
  'claude-opus-4.6-1m': 'claude-opus-4-6',
  'claude-sonnet-4-5-20250929[1m]': 'claude-sonnet-4-5',
  'claude-3-5-sonnet-latest': 'claude-3-5-sonnet',
  'claude-3-opus-20240229': 'claude-3-opus',
  'claude-opus-4-0': 'claude-opus-4',
  'claude-fable-5-1-thinking': 'claude-fable-5-1',
  'claude-sonnet-4-5-20250929-thinking[1m]': 'claude-sonnet-4-5',
  ' Claude-Sonnet-5 ': 'claude-sonnet-5',
  // Google Cloud.
  'claude-sonnet-4@20250514': 'claude-sonnet-4',
  'claude-3-5-sonnet-v2@20241022': 'claude-3-5-sonnet',
  'claude-opus-4-5@default': 'claude-opus-4-5',
  'publishers/anthropic/models/claude-haiku-4-5@20251001': 'claude-haiku-4-5',
  'vertex_ai/claude-sonnet-4-5@20250929': 'claude-sonnet-4-5',
  // Amazon Bedrock.
  'anthropic.claude-opus-5-5': 'claude-opus-5-5',
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0': 'claude-sonnet-4-5',
  'anthropic.claude-3-5-sonnet-20241022-v2:0': 'claude-3-5-sonnet',
  'global.anthropic.claude-opus-4-6-v1': 'claude-opus-4-6',
  'us-gov.anthropic.claude-3-haiku-20240307-v1:0:200k': 'claude-3-haiku',
  'eu.anthropic.claude-haiku-4-5-20251001-v1:0[1m]': 'claude-haiku-4-5',
  'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-1-20250805-v1:0': 'claude-opus-4-1',
  'arn:aws:bedrock:eu-central-1:123456789012:inference-profile/global.anthropic.claude-opus-4-6-v1[1m]': 'claude-opus-4-6',
  'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-opus-20240229-v1:0': 'claude-3-opus',
  'bedrock/us.anthropic.claude-opus-4-8': 'claude-opus-4-8',
  'aws.claude-opus-4.7': 'claude-opus-4-7',
  // OpenRouter, Vercel and other gateways.
  'anthropic/claude-haiku-5-5': 'claude-haiku-5-5',
  'anthropic/claude-sonnet-4.5': 'claude-sonnet-4-5',
  'anthropic/claude-sonnet-4': 'claude-sonnet-4',
  'anthropic/claude-3.7-sonnet': 'claude-3-7-sonnet',
  'anthropic/claude-3.7-sonnet:thinking': 'claude-3-7-sonnet',
  'anthropic/claude-sonnet-4.5:beta': 'claude-sonnet-4-5',
  'anthropic/claude-opus-4.8:nitro': 'claude-opus-4-8',
  'anthropic/claude-4.5-sonnet-20250929': 'claude-sonnet-4-5',
  'anthropic/claude-4.8-opus-20260528': 'claude-opus-4-8',
  'anthropic/claude-3.5-sonnet-20240620': 'claude-3-5-sonnet',
  'anthropic/claude-3.5-haiku': 'claude-3-5-haiku',
  'openrouter/anthropic/claude-opus-4.5': 'claude-opus-4-5',
  'vercel-ai-gateway/anthropic/claude-opus-5.5': 'claude-opus-5-5',
  'anthropic:claude-3-7-sonnet-20250219': 'claude-3-7-sonnet',
  'claude-opus-4.8': 'claude-opus-4-8',
  'claude-4-sonnet': 'claude-sonnet-4',
  'claude-sonnet-3.7': 'claude-3-7-sonnet',
}

for (const [written, meant] of Object.entries(names)) {
  test(`${written.trim()} is ${meant}`, () => {
    expect(readModelName(written)).toEqual({ id: meant, isFast: false })
  })
}

describe('fast mode in a name', () => {
  for (const [written, meant] of Object.entries({
    'claude-opus-4-6-fast': 'claude-opus-4-6',
    'claude-opus-4-6-fast[1m]': 'claude-opus-4-6',
    'us.anthropic.claude-opus-4-6-fast-v1:0': 'claude-opus-4-6',
    'anthropic/claude-opus-5-fast': 'claude-opus-5',
    'anthropic/claude-opus-4.7-fast': 'claude-opus-4-7',
    'anthropic/claude-4.7-opus-fast-20260512': 'claude-opus-4-7',
  })) {
    test(`${written} is ${meant}, fast`, () => {
      expect(readModelName(written)).toEqual({ id: meant, isFast: true })
    })
  }
})

test('names that mean something else stay as they are', () => {
  for (const name of [
    'claude-opus-5-5-mini',
    'claude-opus-4-60',
    'claude-fable-5-1',
    'claude-3-7-sonnet',
    // OpenRouter's variants with prices of their own.
    'claude-sonnet-5:batch',
    'claude-sonnet-5:free',
    // No version: which one it is today is not known.
    'claude-sonnet',
    'arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abcd1234',
    '<synthetic>',
    '',
  ]) {
    expect(readModelName(name)).toEqual({ id: name, isFast: false })
  }
})

test("another vendor's name loses nothing but its capitals", () => {
  for (const name of [
    'gpt-5',
    'gpt-4o-20240806',
    'grok-4-fast',
    'x-ai/grok-4.1-fast:online',
    'deepseek-v3',
    'deepseek-v4',
    'deepseek/deepseek-r1:thinking',
    'qwen3-max-thinking',
    'mistral-large-latest',
    'my-claude-opus-5-5',
    'acme/claude',
  ]) {
    expect(readModelName(name)).toEqual({ id: name, isFast: false })
  }
  expect(normaliseModel('GLM-4.6')).toBe('glm-4.6')
})

test('a normalised name stays unchanged', () => {
  const part = fc.constantFrom(
    ...['claude', 'claude-', 'opus', '4', '4.5', '0', '5', '20250929', 'latest', 'fast', 'thinking', 'v1:0', '[1m]', '1m', '@20250514'],
    ...['us.anthropic.', 'anthropic/', 'ARN:', ':beta', '/', '-', ' ', '\u00a0', 'İ'],
  )
  const joined = fc.tuple(fc.array(part, { maxLength: 8 }), fc.constantFrom('-', '')).map(([parts, between]) => parts.join(between))
  fc.assert(
    fc.property(fc.oneof(joined, fc.string({ unit: 'binary' }), fc.constantFrom(...Object.keys(names))), (written) => {
      const name = normaliseModel(written)
      expect(normaliseModel(name)).toBe(name)
    }),
    { numRuns: 1_000 },
  )
})
