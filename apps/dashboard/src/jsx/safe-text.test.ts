import { expect, test } from 'vitest'
import { withSafeText } from './safe-text.ts'

test('texts and titles have no control characters, and everything else stays as it is', () => {
  const element = { type: 'b', props: {} }
  const onClick = () => {}
  const props = { title: 'a\u001b[2J', value: 'a\u001b', onClick, children: ['x\u202e', element, ['y\u0007', 3], 'two\nlines'] }
  expect(withSafeText(props)).toEqual({
    title: 'a\\u001b[2J',
    value: 'a\u001b',
    onClick,
    children: ['x\\u202e', element, ['y\\u0007', 3], 'two\nlines'],
  })
  expect(withSafeText({ children: 'z\u009b' })).toEqual({ children: 'z\\u009b' })
})

test('without such a text the properties are the same object', () => {
  const props = { title: 'plain', children: ['日本語', { type: 'i' }, null, 1] }
  expect(withSafeText(props)).toBe(props)
})
