import { expect, it } from 'vitest'
import { openHub } from '../../test/open-hub.ts'

const path = '/api/desktop-notices'

it('a collector polls for notices, of its own machine only where its key is bound to one', async () => {
  const hub = await openHub()
  const first = await hub.ask('POST', path, { payload: { machine_id: 'laptop', waitMs: 0 } })
  expect(first.statusCode).toBe(200)
  expect(first.json()).toEqual({ notices: [] })
  const created = await hub.ask('POST', '/api/keys', { payload: { name: 'laptop', scopes: ['ingest'], machine_id: 'laptop' } })
  const headers = { 'x-api-key': String(created.json().key) }
  const poll = (machine_id: string) => hub.inject({ method: 'POST', url: path, headers, payload: { machine_id, waitMs: 0 } })
  expect((await poll('laptop')).statusCode).toBe(200)
  expect((await poll('tower')).statusCode).toBe(403)
  expect((await hub.ask('POST', path, { payload: { machine_id: 'laptop', shown: [{ notice_id: 'm1' }] } })).statusCode).toBe(400)
})
