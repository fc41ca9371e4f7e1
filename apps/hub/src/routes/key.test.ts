import { describe, expect, it } from 'vitest'
import { openHub, type TestHub } from '../../test/open-hub.ts'

const make = async (hub: TestHub, payload: object = { name: 'laptop', scopes: ['ingest'] }) => hub.ask('POST', '/api/keys', { payload })

describe('keys over HTTP', () => {
  it('are created with 201, Location and their revision', async () => {
    const hub = await openHub()
    const answer = await make(hub)
    const { key, ...rest } = answer.json()
    expect(answer.statusCode).toBe(201)
    expect(answer.headers).toMatchObject({ location: `/api/keys/${rest.key_id}`, etag: '"1"' })
    expect(key.slice(0, 8)).toBe(rest.prefix)
    expect((await hub.ask('GET', answer.headers.location as string)).json()).toEqual(rest)
  })

  it.each([
    [{ scopes: ['read'] }, 'name is missing'],
    [{ name: '  ', scopes: ['read'] }, 'name: too small'],
    [{ name: 'x', scopes: [] }, 'scopes: too small'],
    [{ name: 'x', scopes: ['root'] }, 'scopes[0]: expected one of'],
    [{ name: 'x', scopes: ['read'], expires_at: 'soon' }, 'expires_at is not an instant'],
    [{ name: 'x', scopes: ['read'], hash: 'mine' }, 'The property hash is unknown'],
  ])('are not created from %o', async (payload, message) => {
    const hub = await openHub()
    const answer = await make(hub, payload)
    expect(answer.statusCode).toBe(400)
    expect(answer.json().message).toContain(message)
  })

  it('are revoked only at the given revision', async () => {
    const hub = await openHub()
    const { key_id } = (await make(hub)).json()
    const url = `/api/keys/${key_id}`
    for (const etag of ['"7"', 'W/"1"', '"x"', '1']) {
      const stale = await hub.ask('DELETE', url, { headers: { 'if-match': etag } })
      expect([stale.statusCode, stale.json().errorCode]).toEqual([412, 'PRECONDITION_FAILED'])
    }
    expect((await hub.ask('GET', url)).json().revoked_at).toBeUndefined()
    const { etag } = (await hub.ask('GET', url)).headers
    const revoked = await hub.ask('DELETE', url, { headers: { 'if-match': etag as string } })
    expect([revoked.statusCode, revoked.body]).toEqual([204, ''])
    expect((await hub.ask('GET', url)).json()).toMatchObject({ revoked_at: '2026-10-06T09:12:00.000Z', revision: 2 })
  })

  it('that do not exist are 404', async () => {
    const hub = await openHub()
    for (const method of ['GET', 'DELETE']) {
      const answer = await hub.ask(method, '/api/keys/k_nobody')
      expect([answer.statusCode, answer.json().errorCode]).toEqual([404, 'NOT_FOUND'])
    }
  })
})
