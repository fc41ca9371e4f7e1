import { expect, it } from 'vitest'
import { openHub } from '../../test/open-hub.ts'

it('a list is a bare array, with its total and where it goes on in the headers', async () => {
  const hub = await openHub()
  for (let n = 0; n < 25; n++) {
    hub.clock.pass(1)
    await hub.ask('POST', '/api/keys', { payload: { name: `key ${n}`, scopes: ['read'] } })
  }
  const names: string[] = []
  let url: string | undefined = '/api/keys?limit=10'
  const pages: (string | undefined)[] = []
  while (url !== undefined) {
    const answer = await hub.ask('GET', url)
    expect(answer.headers['x-total-count']).toBe('25')
    names.push(...(answer.json() as { name: string }[]).map(({ name }) => name))
    const link = answer.headers.link as string | undefined
    pages.push(link)
    url = /^<([^>]+)>; rel="next"$/.exec(link ?? '')?.[1]
  }
  expect(names).toEqual(Array.from({ length: 25 }, (_, n) => `key ${24 - n}`))
  expect(pages).toEqual([
    expect.stringMatching(/^<\/api\/keys\?limit=10&cursor=[\w-]+>; rel="next"$/),
    expect.stringMatching(/^<\/api\/keys\?limit=10&cursor=[\w-]+>; rel="next"$/),
    undefined,
  ])
  expect((await hub.ask('GET', '/api/keys')).json()).toHaveLength(20)
  expect((await hub.ask('GET', '/api/keys?offset=99')).json()).toEqual([])
})
