import { expect, it } from 'vitest'
import { withoutPeerWords } from './peer-words.ts'

it.each([
  ['example.com:8080 answered 404: nope answered 500', 'example.com:8080 answered 404.'],
  ['example.com answered 503.', 'example.com answered 503.'],
  ['The mail server answered 550 5.1.1 no such user', 'The mail server answered 550.'],
  ['example.com does not want messages any more (410).', 'example.com does not want messages any more (410).'],
  ['No answer within 10 s', 'No answer within 10 s'],
])('%s without the words of the peer', (reason, expected) => {
  expect(withoutPeerWords(reason)).toBe(expected)
})
