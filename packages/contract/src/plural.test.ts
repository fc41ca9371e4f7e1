import { expect, test } from 'vitest'
import { filesOf, textOf } from '../../../test/support/repository.ts'
import { countOf, plural } from './plural.ts'

test('only one is singular', () => {
  expect([0, 1, 2, 1000].map((count) => countOf(count, 'call'))).toEqual(['0 calls', '1 call', '2 calls', '1000 calls'])
  expect([0, 1, 2].map((count) => countOf(count, 'entry', 'entries'))).toEqual(['0 entries', '1 entry', '2 entries'])
  expect([plural(1, 'has', 'have'), plural(2, 'has', 'have')]).toEqual(['has', 'have'])
})

test('no text decides by itself whether a word is plural', () => {
  const sources = ['apps', 'packages'].flatMap((folder) =>
    filesOf(folder, (file) => /\.(ts|tsx)$/.test(file) && !/\.(test|suite)\.tsx?$|\/dist\/|contract\/src\/plural\.ts$/.test(file)),
  )
  expect(sources.length).toBeGreaterThan(300)
  // `count === 1 ? 'row' : 'rows'`, `row${count === 1 ? '' : 's'}` and `row(s)`.
  const homemade = /[!=]== 1 \? '(\w*)' : '\1e?s'|\$\{[^}]*[!=]== 1 \? '(?:s?)' : '(?:s?)'\}|\b\w+\(s\)/
  expect(
    sources.flatMap((file) =>
      textOf(file)
        .split('\n')
        .filter((line) => homemade.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    ),
  ).toEqual([])
})
