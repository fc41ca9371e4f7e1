import { expect, it } from 'vitest'
import { TestClock } from '../../test/open-hub.ts'
import { OneUseLinks } from './one-use-link.ts'

const MINUTE_MS = 60_000

function makeLinks(purpose = 'answer', secret = 'a secret') {
  const clock = new TestClock()
  return { clock, links: new OneUseLinks(secret, purpose, clock) }
}

it('a link is read as often as wanted, and used once', () => {
  const { links } = makeLinks()
  const token = links.create({ question_id: 'q1' }, MINUTE_MS)
  expect(token).toMatch(/^[\w.-]+$/)
  for (let count = 0; count < 2; count++) expect(links.read(token)?.claims).toEqual({ question_id: 'q1' })
  expect(links.take(token)?.claims).toEqual({ question_id: 'q1' })
  expect(links.take(token)).toBeUndefined()
  expect(links.read(token)).toBeUndefined()
})

it('it ends in time, and is good at another hub of the store', () => {
  const { links, clock } = makeLinks()
  const token = links.create({ question_id: 'q1' }, MINUTE_MS)
  expect(new OneUseLinks('a secret', 'answer', clock).read(token)?.claims).toEqual({ question_id: 'q1' })
  clock.pass(MINUTE_MS)
  expect(links.read(token)).toBeUndefined()
})

it.each([
  ['another purpose', makeLinks('acknowledge').links],
  ['another store', makeLinks('answer', 'another secret').links],
])('it is none for %s', (_, others) => {
  const { links } = makeLinks()
  expect(others.read(links.create({ question_id: 'q1' }, MINUTE_MS))).toBeUndefined()
})

it('a changed or made-up token is none', () => {
  const { links } = makeLinks()
  const token = links.create({ question_id: 'q1' }, MINUTE_MS)
  const body = Buffer.from(JSON.stringify(['x', Number.MAX_SAFE_INTEGER, { question_id: 'q2' }])).toString('base64url')
  for (const other of ['', '.', 'x', `${token}x`, token.replace(/^./, 'X'), `${body}.${token.split('.')[1]}`, 'x'.repeat(100_000)]) {
    expect(links.read(other), other.slice(0, 50)).toBeUndefined()
  }
})
