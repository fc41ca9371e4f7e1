import { expect, test } from 'vitest'
import { modelName } from './model-name.ts'
import { placeNames } from './place-name.ts'

test('a model is called as people call it', () => {
  expect(
    [
      'claude-opus-5',
      'claude-opus-4-8-20260301',
      'claude-3-5-sonnet-20241022',
      'claude-3-opus',
      'claude-sonnet-4-5-20250929[1m]',
      'gpt-9',
      '',
    ].map(modelName),
  ).toEqual(['Opus 5', 'Opus 4.8', 'Sonnet 3.5', 'Opus 3', 'Sonnet 4.5 1m', 'gpt-9', ''])
})

test('a folder is called by its last part', () => {
  expect(placeNames(['/home/ada/engine', 'C:\\Users\\ada\\loom'])).toEqual(['engine', 'loom'])
})

test('two folders of one name are told apart by what is before it', () => {
  expect(placeNames(['/home/ada/engine', '/srv/engine', '/srv/loom'])).toEqual(['ada/engine', '/srv/engine', 'loom'])
})

test('a hash, the root and nothing stay as they are', () => {
  expect(placeNames(['sha256:abc', '/', ''])).toEqual(['sha256:abc', '/', ''])
})
