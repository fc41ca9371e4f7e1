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

it('a channel for desktops is shown by the collector that polls, and says so when there is none', async () => {
  const hub = await openHub()
  const test = async () => {
    const answer = await hub.ask('POST', '/api/channels/test', { payload: { kind: 'desktop', config: { machine_id: 'laptop' } } })
    return answer.json() as { outcome: string; said?: string; reason?: string }
  }
  expect(await test()).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('laptop shows no notifications') })

  const poll = async (payload: object) => (await hub.ask('POST', path, { payload: { machine_id: 'laptop', ...payload } })).json()
  await poll({ waitMs: 0 })
  const tested = test()
  const { notices } = await poll({ waitMs: 20_000 })
  expect(notices).toMatchObject([{ title: expect.any(String), body: expect.any(String), severity: expect.any(String) }])
  await poll({ waitMs: 0, shown: [{ notice_id: notices[0].notice_id, ok: true }] })
  expect(await tested).toMatchObject({ outcome: 'sent', said: 'Shown on laptop' })
})
