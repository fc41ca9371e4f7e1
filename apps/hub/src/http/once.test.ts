import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openHub, type TestHub } from '../../test/open-hub.ts'

const send = (hub: TestHub, payload: object, key = 'once', headers: object = {}) =>
  hub.ask('POST', '/api/usage/calls', { payload, headers: { 'idempotency-key': key, ...headers } })

describe('Idempotency-Key', () => {
  it('gives the first answer again and says so', async () => {
    const hub = await openHub()
    const body = { machine_id: 'a', calls: [someCall()] }
    const first = await send(hub, body)
    hub.clock.pass(1000)
    const again = await send(hub, body)
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect([again.json().accepted, again.json().duplicates]).toEqual([1, 0])
    expect((await hub.ask('POST', '/api/usage/calls', { payload: body })).json()).toMatchObject({ accepted: 0, duplicates: 1 })
  })

  it('with another body, or on another route, is 409', async () => {
    const hub = await openHub()
    await send(hub, { machine_id: 'a', calls: [] })
    for (const answer of [
      await send(hub, { machine_id: 'b', calls: [] }),
      await hub.ask('POST', '/api/keys', { payload: { name: 'x', scopes: ['read'] }, headers: { 'idempotency-key': 'once' } }),
    ]) {
      expect([answer.statusCode, answer.json().errorCode]).toEqual([409, 'CONFLICT'])
    }
    expect((await hub.store.keys.list({ limit: 1, offset: 0 })).total).toBe(0)
  })

  it('does not mind whether the body came gzipped', async () => {
    const hub = await openHub()
    const text = JSON.stringify({ machine_id: 'a', calls: [someCall()] })
    const headers = { 'idempotency-key': 'k', 'content-type': 'application/json' }
    await hub.ask('POST', '/api/usage/calls', { payload: text, headers })
    const zipped = await hub.ask('POST', '/api/usage/calls', {
      payload: gzipSync(text),
      headers: { ...headers, 'content-encoding': 'gzip' },
    })
    expect(zipped.headers['idempotent-replayed']).toBe('true')
  })

  it('is forgotten after 24 hours', async () => {
    const hub = await openHub()
    await send(hub, { machine_id: 'a', calls: [] })
    hub.clock.pass(86_400_000)
    const later = await send(hub, { machine_id: 'b', calls: [] })
    expect([later.statusCode, later.headers['idempotent-replayed']]).toEqual([200, undefined])
  })

  it('survives a restart of the hub', async () => {
    const hub = await openHub()
    const body = { machine_id: 'a', calls: [someCall()] }
    await send(hub, body)
    await hub.app.close()
    await hub.store.close()
    const again = await send(await openHub({ folder: hub.folder }), body)
    expect(again.headers['idempotent-replayed']).toBe('true')
  })

  it('of two clients are two keys', async () => {
    const hub = await openHub({ env: { CLAUDE_SYNC_API_KEY: 'sync' } })
    await send(hub, { machine_id: 'a', calls: [] })
    const other = await hub.knock({
      method: 'POST',
      url: '/api/usage/calls',
      payload: { machine_id: 'b', calls: [] },
      headers: { authorization: 'Bearer sync', 'idempotency-key': 'once' },
    })
    expect([other.statusCode, other.headers['idempotent-replayed']]).toEqual([200, undefined])
  })

  it('makes one key, however often it is asked for, and shows it once', async () => {
    const hub = await openHub()
    const make = () => hub.ask('POST', '/api/keys', { payload: { name: 'x', scopes: ['read'] }, headers: { 'idempotency-key': 'k' } })
    const [first, again] = [await make(), await make()]
    expect(first.json().key).toMatch(/^sbx_/)
    const { key: _, ...rest } = first.json()
    expect([again.statusCode, again.json(), again.headers.location]).toEqual([201, rest, first.headers.location])
    expect((await hub.store.keys.list({ limit: 9, offset: 0 })).total).toBe(1)
  })

  it('must be printable and not too long', async () => {
    const hub = await openHub()
    expect((await send(hub, { machine_id: 'a', calls: [] }, 'x'.repeat(256))).json()).toMatchObject({
      errorCode: 'VALIDATION_OUT_OF_RANGE',
      details: { field: 'Idempotency-Key' },
    })
    expect((await send(hub, { machine_id: 'a', calls: [] }, 'x'.repeat(255))).statusCode).toBe(200)
  })

  it('is heard by every POST that needs a key', async () => {
    const hub = await openHub()
    const bodies: Record<string, object> = {
      '/api/usage/calls': { machine_id: 'a', calls: [someCall()] },
      '/api/keys': { name: 'x', scopes: ['read'] },
      // Takes a cookie back: there is nothing to do twice.
      '/api/logout': {},
    }
    const { paths } = hub.app.swagger() as { paths: Record<string, { post?: { security?: unknown[] } }> }
    const posts = Object.entries(paths).flatMap(([path, { post }]) => (post !== undefined && post.security?.length !== 0 ? [path] : []))
    expect(posts.sort()).toEqual(Object.keys(bodies).sort())
    for (const url of posts.filter((url) => url !== '/api/logout')) {
      const ask = () => hub.ask('POST', url, { payload: bodies[url]!, headers: { 'idempotency-key': `for ${url}` } })
      await ask()
      expect((await ask()).headers['idempotent-replayed'], url).toBe('true')
    }
  })
})
