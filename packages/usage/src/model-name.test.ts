import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normaliseModel } from './model-name.ts'

const names: Record<string, string> = {
  'claude-opus-5-5': 'claude-opus-5-5',
  'claude-sonnet-4-5-20250929': 'claude-sonnet-4-5',
  'claude-opus-4-6[1m]': 'claude-opus-4-6',
  'claude-sonnet-4-5-20250929[1m]': 'claude-sonnet-4-5',
  'claude-3-5-sonnet-latest': 'claude-3-5-sonnet',
  'claude-3-opus-20240229': 'claude-3-opus',
  'claude-opus-4-6-fast': 'claude-opus-4-6',
  'claude-opus-4-6-fast[1m]': 'claude-opus-4-6',
  'claude-sonnet-4@20250514': 'claude-sonnet-4',
  'claude-opus-4-5@default': 'claude-opus-4-5',
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0': 'claude-sonnet-4-5',
  'anthropic.claude-3-5-sonnet-20241022-v2:0': 'claude-3-5-sonnet',
  'global.anthropic.claude-opus-4-6-v1': 'claude-opus-4-6',
  'us-gov.anthropic.claude-3-haiku-20240307-v1:0:200k': 'claude-3-haiku',
  'eu.anthropic.claude-haiku-4-5-20251001-v1:0[1m]': 'claude-haiku-4-5',
  'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-1-20250805-v1:0': 'claude-opus-4-1',
  'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-opus-20240229-v1:0': 'claude-3-opus',
  'anthropic/claude-haiku-5-5': 'claude-haiku-5-5',
  ' Claude-Sonnet-5 ': 'claude-sonnet-5',
}

for (const [written, meant] of Object.entries(names)) {
  test(`${written.trim()} is ${meant}`, () => {
    expect(normaliseModel(written)).toBe(meant)
  })
}

test('other names stay unchanged', () => {
  for (const name of ['claude-opus-5-5-mini', 'claude-opus-4-60', 'claude-fable-5-1', 'claude-3-7-sonnet', 'gpt-5', '<synthetic>', '']) {
    expect(normaliseModel(name)).toBe(name)
  }
})

test('a normalised name stays unchanged', () => {
  const part = fc.constantFrom(
    'claude',
    'opus',
    '4',
    '5',
    '20250929',
    'latest',
    'fast',
    'v1:0',
    '[1m]',
    '@20250514',
    'us.anthropic.',
    '/',
    '-',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const name = normaliseModel(parts.join('-'))
      expect(normaliseModel(name)).toBe(name)
    }),
  )
})
