import { expect, test } from 'vitest'
import { formatModelName } from './model-name.ts'

test('model ids become display names', () => {
  expect(
    [
      'claude-opus-5',
      'claude-opus-4-8-20260301',
      'claude-3-5-sonnet-20241022',
      'claude-3-opus',
      'claude-sonnet-4-5-20250929[1m]',
      'gpt-9',
      '',
    ].map(formatModelName),
  ).toEqual(['Opus 5', 'Opus 4.8', 'Sonnet 3.5', 'Opus 3', 'Sonnet 4.5 1m', 'gpt-9', ''])
})
