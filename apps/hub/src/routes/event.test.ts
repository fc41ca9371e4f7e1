import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { someCall } from '../../test/call.ts'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'

const happen = async (hub: TestHub, machine = 'a', times = 1) => {
  for (let n = 0; n < times; n++) await hub.store.usage.ingest(machine, [someCall()], { now: hub.clock.now() })
}

interface Listening {
  readonly response: IncomingMessage
  /** All text so far. */
  text(): string
  /** Waits until the text holds what is looked for. */
  until(wanted: RegExp): Promise<string>
  ids(): number[]
}

/** A real connection: what is told must leave the hub at once. */
async function listen(hub: TestHub, query = '', headers: Record<string, string> = {}): Promise<Listening> {
  if (!hub.app.server.listening) await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = hub.app.server.address() as AddressInfo
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get({ port, path: `/events${query}`, headers: { authorization: `Bearer ${masterKey}`, ...headers } }, resolve)
    request.on('error', reject)
    onTestFinished(() => void request.destroy())
  })
  let text = ''
  const looking = new Set<() => void>()
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    text += chunk
    for (const look of looking) look()
  })
  response.on('error', () => {})
  return {
    response,
    text: () => text,
    until: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          // What is waited for is at the end: the whole, again and again, would take minutes.
          if (!wanted.test(text.slice(-50_000))) return
          looking.delete(look)
          resolve(text)
        }
        looking.add(look)
        look()
      }),
    ids: () => [...text.matchAll(/^id: (\d+)\nevent:/gm)].map(([, id]) => Number(id)),
  }
}

describe('the live stream', () => {
  it('tells what happens, as it happens', async () => {
    const hub = await openHub()
    const heard = await listen(hub)
    expect(heard.response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
    expect(heard.response.headers['x-request-id']).toMatch(/./)
    await heard.until(/connected/)
    await happen(hub, 'laptop')
    expect(await heard.until(/\n\n$/s)).toBe('retry: 2000\nid: 0\n: connected\n\n')
    await heard.until(/laptop/)
    const data = { machine_id: 'laptop', accepted: 1, improved: 0, since: '2026-10-06T09:00:00.000Z', until: '2026-10-06T09:00:00.000Z' }
    expect(heard.text()).toBe(`retry: 2000\nid: 0\n: connected\n\nid: 1\nevent: usage.updated\ndata: ${JSON.stringify(data)}\n\n`)
  })

  it('begins with what happens next, and says where in the log that is', async () => {
    const hub = await openHub()
    await happen(hub, 'a', 3)
    const heard = await listen(hub)
    await heard.until(/^id: 3$/m)
    await happen(hub)
    await heard.until(/^id: 4$/m)
    expect(heard.ids()).toEqual([4])
  })

  it('resumes after an id, from the address or from Last-Event-ID, which is newer', async () => {
    const hub = await openHub()
    await happen(hub, 'a', 5)
    const [byAddress, byHeader] = [await listen(hub, '?after=2'), await listen(hub, '?after=1', { 'last-event-id': '3' })]
    await Promise.all([byAddress.until(/^id: 5$/m), byHeader.until(/^id: 5$/m)])
    expect([byAddress.ids(), byHeader.ids()]).toEqual([
      [3, 4, 5],
      [4, 5],
    ])
    const refused = await hub.ask('GET', '/events', { headers: { 'last-event-id': 'yesterday' } })
    expect(refused.json()).toMatchObject({ error: 'validation_error', details: { field: 'Last-Event-ID' } })
  })

  it('resumes without a gap and tells nothing twice, while events flow and readers come and go', async () => {
    const hub = await openHub()
    let flowing = true
    const flow = (async () => {
      while (flowing) await Promise.all([happen(hub, 'a'), happen(hub, 'b')])
    })()
    const seen: number[] = []
    while (seen.length < 400) {
      const heard = await listen(hub, `?after=${seen.at(-1) ?? 0}`)
      const last = (seen.at(-1) ?? 0) + 60
      await heard.until(new RegExp(`^id: ${last}$`, 'm'))
      heard.response.destroy()
      seen.push(...heard.ids())
    }
    flowing = false
    await flow
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, n) => n + 1))
  })

  it('resumes from the log when a reader was away longer than memory holds', async () => {
    const hub = await openHub()
    const batches = Array.from({ length: 2_500 }, (_, n) => hub.store.usage.ingest(`m${n % 3}`, [someCall()], { now: hub.clock.now() }))
    await Promise.all(batches)
    const heard = await listen(hub, '?after=0')
    await heard.until(/^id: 2500$/m)
    expect(heard.ids()).toEqual(Array.from({ length: 2_500 }, (_, n) => n + 1))
    const filtered = await listen(hub, '?after=0&machine_id=m1')
    await filtered.until(/^id: 2498$/m)
    expect(filtered.ids()).toHaveLength(833)
  })

  it('starts anew for a reader that was with another hub', async () => {
    const hub = await openHub()
    await happen(hub)
    const heard = await listen(hub, '?after=99999')
    await heard.until(/^id: 1$/m)
    await happen(hub)
    await heard.until(/^id: 2$/m)
    expect(heard.ids()).toEqual([2])
  })

  it('filters by type and by what an event is about', async () => {
    const hub = await openHub()
    const [b, none] = [await listen(hub, '?machine_id=b&types=usage.updated'), await listen(hub, '?types=alert.opened,session.status')]
    await Promise.all([b.until(/connected/), none.until(/connected/)])
    for (const machine of ['a', 'b', 'a', 'b']) await happen(hub, machine)
    await b.until(/^id: 4$/m)
    expect([b.ids(), none.ids()]).toEqual([[2, 4], []])
  })

  it('keeps proxies open with a comment when nothing happens', async () => {
    const hub = await openHub({ streams: { silence: 20, patience: 30_000 } })
    const heard = await listen(hub)
    await heard.until(/connected\n\n:\n\n:\n\n/)
    expect(heard.ids()).toEqual([])
  })

  it('drops a reader that takes nothing; nothing is kept for it meanwhile', async () => {
    const hub = await openHub({ streams: { silence: 15_000, patience: 100 } })
    const sockets: Socket[] = []
    hub.app.server.on('connection', (socket) => sockets.push(socket))
    const heard = await listen(hub, '?after=0')
    await heard.until(/connected/)
    heard.response.pause()
    const ended = new Promise((resolve) => heard.response.once('close', resolve))
    // More than the buffers of the system between the two ends hold.
    const machine = 'm'.repeat(10_000)
    let waiting = 0
    for (let n = 0; n < 30; n++) {
      await Promise.all(Array.from({ length: 50 }, () => hub.store.usage.ingest(machine, [someCall()], { now: hub.clock.now() })))
      waiting = Math.max(waiting, ...sockets.map(({ writableLength }) => writableLength))
    }
    expect(waiting).toBeLessThan(200_000)
    await expect.poll(() => sockets[0]!.destroyed).toBe(true)
    heard.response.resume()
    await ended
    expect(heard.response.complete).toBe(false)
    const last = heard.ids().at(-1)!
    expect(last).toBeLessThan(1_500)
    const again = await listen(hub, `?after=${last}`)
    await again.until(/^id: \d+$(?!.*connected)/ms)
    expect(again.ids()[0]).toBe(last + 1)
  })

  it('ends when the key it was opened with is revoked', async () => {
    const hub = await openHub({ streams: { silence: 20, patience: 30_000 } })
    const { key, key_id } = (await hub.ask('POST', '/api/keys', { payload: { name: 'page', scopes: ['read'] } })).json()
    const heard = await listen(hub, '', { authorization: `Bearer ${key}` })
    await heard.until(/connected\n\n:\n\n/)
    const ended = new Promise((resolve) => heard.response.once('close', resolve))
    await hub.ask('DELETE', `/api/keys/${key_id}`)
    await ended
  })

  it('is not opened by HEAD', async () => {
    const hub = await openHub()
    const answer = await hub.ask('HEAD', '/events')
    expect([answer.statusCode, answer.body]).toEqual([200, ''])
    await expect.poll(async () => /^signalbox_event_listeners (\d+)$/m.exec((await hub.ask('GET', '/metrics')).body)?.[1]).toBe('0')
  })

  it('ends with the hub, and a reader that leaves is forgotten', async () => {
    const hub = await openHub()
    const listeners = async () => /^signalbox_event_listeners (\d+)$/m.exec((await hub.ask('GET', '/metrics')).body)?.[1]
    const [gone, heard] = [await listen(hub), await listen(hub)]
    await Promise.all([gone.until(/connected/), heard.until(/connected/)])
    expect(await listeners()).toBe('2')
    gone.response.destroy()
    await expect.poll(listeners).toBe('1')
    const ended = new Promise((resolve) => heard.response.once('end', resolve))
    await hub.app.close()
    await ended
    expect(heard.response.complete).toBe(true)
  })
})

describe('the log as pages', () => {
  it('is newest last, and goes on where it says', async () => {
    const hub = await openHub()
    await happen(hub, 'a', 5)
    const page = async (query: string) => {
      const answer = await hub.ask('GET', `/events?format=json${query}`)
      return { ids: (answer.json() as { id: number }[]).map(({ id }) => id), link: answer.headers.link }
    }
    expect(await page('&limit=2')).toEqual({ ids: [4, 5], link: undefined })
    expect(await page('&limit=2&after=0')).toEqual({ ids: [1, 2], link: '</events?format=json&limit=2&after=2>; rel="next"' })
    expect(await page('&limit=2&after=4')).toEqual({ ids: [5], link: undefined })
    expect(await page('&after=5')).toEqual({ ids: [], link: undefined })
    expect(await page('&machine_id=b')).toEqual({ ids: [], link: undefined })
    expect((await hub.ask('GET', '/events?format=json')).json()[0]).toMatchObject({
      id: 1,
      event: 'usage.updated',
      at: '2026-10-06T09:12:00.000Z',
    })
  })
})
