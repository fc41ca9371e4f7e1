import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openHub, type TestHub } from '../../apps/hub/test/open-hub.ts'

// The host of a browser's one event stream, at a real hub; the tabs are channels of this process.

interface Place {
  readonly after?: number | undefined
  readonly storeId?: string | undefined
}
interface Message {
  readonly kind: string
  readonly event: { readonly event: string; readonly id?: number; readonly data: Record<string, unknown> }
  readonly place: Place
}

/** The page's own code has the types of a browser, which this project does not have. */
const { LiveHost } = (await import(path.join(import.meta.dirname, '../../apps/dashboard/src/hub/live-host.ts'))) as {
  LiveHost: new (channel: string, place: Place, url: string) => { stop(): void }
}

async function openUrl(): Promise<{ hub: TestHub; url: string }> {
  // Without a key, as a page of this machine is served.
  const hub = await openHub({ env: { API_KEYS: '', NODE_ENV: 'development' } })
  await hub.app.listen({ port: 0, host: '127.0.0.1' })
  return { hub, url: `http://127.0.0.1:${(hub.app.server.address() as AddressInfo).port}` }
}

let channels = 0

/** A tab, and what it has received. */
function openTab(url: string, place: Place = {}) {
  const name = `shared stream ${++channels}`
  const received: Message[] = []
  const tab = new BroadcastChannel(name)
  tab.onmessage = (message) => void received.push((message as unknown as { data: Message }).data)
  const host = new LiveHost(name, place, url)
  tab.postMessage({ kind: 'join', tab: 'one', types: ['machine.created'], place })
  const close = () => {
    host.stop()
    tab.close()
  }
  onTestFinished(close)
  const events = () => received.filter((message) => message.kind === 'event')
  const isOpen = () => received.some(({ kind }) => kind === 'open')
  return { events, isOpen, close }
}

const create = async (url: string, machine_id: string) =>
  expect(
    (
      await fetch(`${url}/machines`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ machine_id, hostname: 'h' }),
      })
    ).status,
  ).toBe(201)

// Elsewhere a hub cannot see whose a connection is, and asks for a sign-in.
describe.skipIf(process.platform !== 'linux')('the shared event stream of a browser', () => {
  it('passes a gap on to its tabs, with the place and the store where it continues', async () => {
    const { hub, url } = await openUrl()
    await create(url, 'before')
    const tab = openTab(url, { after: 99_999, storeId: 'a former store' })
    await expect.poll(() => tab.events().length).toBe(1)
    const gap = tab.events()[0]!
    expect(gap).toMatchObject({ event: { event: 'gap', data: { reason: 'other_log', store_id: hub.store.id } } })
    const continues = gap.event.data.continues_after
    expect(gap.place).toEqual({ after: continues, storeId: hub.store.id })
    await create(url, 'after')
    await expect.poll(() => tab.events().length).toBeGreaterThan(1)
    const last = tab.events().at(-1)!
    expect(last).toMatchObject({ event: { event: 'machine.created', data: { machine_id: 'after' } }, place: { storeId: hub.store.id } })
    expect(last.place.after).toBe(last.event.id)
  })

  it('goes on in another host from the place of the tabs, without a gap and without an event twice', async () => {
    const { hub, url } = await openUrl()
    const first = openTab(url)
    await expect.poll(first.isOpen).toBe(true)
    await create(url, 'one')
    await expect.poll(() => first.events().length).toBe(1)
    const { place } = first.events()[0]!
    expect(place.storeId).toBe(hub.store.id)
    first.close()
    await create(url, 'two')
    const second = openTab(url, place)
    await expect.poll(() => second.events().length).toBe(1)
    await create(url, 'three')
    await expect.poll(() => second.events().length).toBe(2)
    expect(second.events().map(({ event }) => [event.event, event.data.machine_id])).toEqual([
      ['machine.created', 'two'],
      ['machine.created', 'three'],
    ])
  })
})
