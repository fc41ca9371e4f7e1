import { expect, test } from 'vitest'
import { inlineOf } from './inline-markdown.ts'

test('a line of Markdown is cut where its kind changes', () => {
  expect(inlineOf('**Usage by `person`**: see *Usage*, `--hub` and [cli.md](cli.md#usage).')).toEqual([
    { kind: 'strong', text: 'Usage by person' },
    { kind: 'text', text: ': see ' },
    { kind: 'emphasis', text: 'Usage' },
    { kind: 'text', text: ', ' },
    { kind: 'code', text: '--hub' },
    { kind: 'text', text: ' and cli.md.' },
  ])
  expect(inlineOf('plain')).toEqual([{ kind: 'text', text: 'plain' }])
})
