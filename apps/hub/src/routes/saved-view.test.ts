import type { SavedView } from '@signalbox/contract/saved-view'
import { expect, it } from 'vitest'
import { openHub } from '../../test/open-hub.ts'

const month = { screen: 'usage', name: 'Shop this month', search: 'range=month&project=shop' }

it('views are saved, listed by screen and name, changed and removed, and each change is an event', async () => {
  const hub = await openHub()
  const saved = await hub.ask('POST', '/api/views', { payload: month })
  expect([saved.statusCode, saved.headers.location]).toEqual([201, `/api/views/${saved.json<SavedView>().view_id}`])
  const { view_id } = saved.json<SavedView>()
  await hub.ask('POST', '/api/views', { payload: { screen: 'sessions', name: 'Waiting', search: 'state=waiting' } })
  await hub.ask('POST', '/api/views', { payload: { ...month, name: 'agents', search: '' } })
  const list = async () => (await hub.ask('GET', '/api/views')).json<SavedView[]>()
  expect((await list()).map(({ name }) => name)).toEqual(['Waiting', 'agents', 'Shop this month'])
  const changed = await hub.ask('PUT', `/api/views/${view_id}`, { payload: { name: ' Shop ' } })
  expect(changed.json()).toMatchObject({ ...month, name: 'Shop', revision: 2 })
  expect((await hub.ask('DELETE', `/api/views/${view_id}`)).statusCode).toBe(204)
  expect((await list()).map(({ name }) => name)).toEqual(['Waiting', 'agents'])
  for (const method of ['PUT', 'DELETE']) expect((await hub.ask(method, `/api/views/${view_id}`, { payload: {} })).statusCode).toBe(404)
  await expect
    .poll(async () => (await hub.store.events.page({ after: 0, limit: 100, types: ['view.changed'] })).map(({ data }) => data.change))
    .toEqual(['created', 'created', 'created', 'changed', 'removed'])
})

it('a screen has a name once, in any case; a repeated request saves one view', async () => {
  const hub = await openHub()
  const key = { 'idempotency-key': 'one' }
  const made = await hub.ask('POST', '/api/views', { payload: month, headers: key })
  const again = await hub.ask('POST', '/api/views', { payload: month, headers: key })
  expect([again.statusCode, again.json<SavedView>().view_id]).toEqual([201, made.json<SavedView>().view_id])
  const taken = await hub.ask('POST', '/api/views', { payload: { ...month, name: 'SHOP THIS MONTH' } })
  expect([taken.statusCode, taken.json()]).toMatchObject([409, { details: { field: 'name' } }])
  expect((await hub.ask('POST', '/api/views', { payload: { ...month, screen: 'sessions' } })).statusCode).toBe(201)
  for (const wrong of [{ name: '' }, { name: 'a\u202eb' }, { search: 'a b' }, { search: '\n' }, { screen: 'settings' }])
    expect((await hub.ask('POST', '/api/views', { payload: { ...month, name: 'x', ...wrong } })).statusCode, JSON.stringify(wrong)).toBe(
      400,
    )
})
