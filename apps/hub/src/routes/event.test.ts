import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { someCall } from '../../test/call.ts'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'
import { streamDefaults } from '../event/stream.ts'

const ingestCall = async (hub: TestHub, machine = 'a', times = 1) => {
  for (let n = 0; n < times; n++) await hub.store.usage.ingest(machine, [someCall()], { now: hub.clock.now() })
}

interface Stream {
  readonly response: IncomingMessage
  /** All received text. */
  text(): string
  /** Waits until the text matches. */
  until(pattern: RegExp): Promise<string>
  ids(): number[]
}

/** Opens a real connection: events must leave the hub at once. */
async function openStream(hub: TestHub, query = '', headers: Record<string, string> = {}): Promise<Stream> {
  if (!hub.app.server.listening) await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = hub.app.server.address() as AddressInfo
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get({ port, path: `/events${query}`, headers: { authorization: `Bearer ${masterKey}`, ...headers } }, resolve)
    request.on('error', reject)
    onTestFinished(() => void request.destroy())
  })
  let text = ''
  const waiting = new Set<() => void>()
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    text += chunk
    for (const check of waiting) check()
  })
  response.on('error', () => {})
  return {
    response,
    text: () => text,
    until: (pattern) =>
      new Promise((resolve) => {
        const check = () => {
          // Only the end is matched: matching all of it again and again would take minutes.
          if (!pattern.test(text.slice(-50_000))) return
          waiting.delete(check)
          resolve(text)
        }
        waiting.add(check)
        check()
      }),
    ids: () => [...text.matchAll(/^id: (\d+)\nevent:/gm)].map(([, id]) => Number(id)),
  }
}

describe('the live stream', () => {
  it('sends the figures of an observed session as they change, which the log does not keep', async () => {
    const hub = await openHub()
    const stream = await openStream(hub)
    const observe = (observation_id: string, cost_usd: number) => {
      const session_id = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
      const at = new Date(hub.clock.now() + cost_usd - 1000).toISOString()
      const observation = { observation_id, session_id, source: 'statusline', at, project_id: 'p', alive: true, fields: { cost_usd } }
      return hub.ask('POST', '/sessions/observations', { payload: { machine_id: 'm', observations: [observation] } })
    }
    await observe('a', 1)
    await observe('b', 2)
    const text = await stream.until(/event: session\.heartbeat\ndata: .*\n/)
    expect(JSON.parse(/session\.heartbeat\ndata: (.*)\n/.exec(text)![1]!)).toMatchObject({ revision: 2, claude_code: { cost_usd: 2 } })
    expect(await hub.store.events.latest({ limit: 9 })).toMatchObject([{ event: 'machine.created' }, { event: 'session.created' }])
  })

  it('sends events as they happen', async () => {
    const hub = await openHub()
    const stream = await openStream(hub)
    expect(stream.response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
    expect(stream.response.headers['x-request-id']).toMatch(/./)
    await stream.until(/connected/)
    await ingestCall(hub, 'laptop')
    expect(await stream.until(/\n\n$/s)).toBe('retry: 2000\nid: 0\n: connected\n\n')
    await stream.until(/laptop/)
    const data = { machine_id: 'laptop', accepted: 1, improved: 0, since: '2026-10-06T09:00:00.000Z', until: '2026-10-06T09:00:00.000Z' }
    expect(stream.text()).toBe(`retry: 2000\nid: 0\n: connected\n\nid: 1\nevent: usage.updated\ndata: ${JSON.stringify(data)}\n\n`)
  })

  it('begins with the next event, and sends its place in the log', async () => {
    const hub = await openHub()
    await ingestCall(hub, 'a', 3)
    const stream = await openStream(hub)
    await stream.until(/^id: 3$/m)
    await ingestCall(hub)
    await stream.until(/^id: 4$/m)
    expect(stream.ids()).toEqual([4])
  })

  it('resumes after an id, from the address or from Last-Event-ID, which is newer', async () => {
    const hub = await openHub()
    await ingestCall(hub, 'a', 5)
    const [byAddress, byHeader] = [await openStream(hub, '?after=2'), await openStream(hub, '?after=1', { 'last-event-id': '3' })]
    await Promise.all([byAddress.until(/^id: 5$/m), byHeader.until(/^id: 5$/m)])
    expect([byAddress.ids(), byHeader.ids()]).toEqual([
      [3, 4, 5],
      [4, 5],
    ])
    const refused = await hub.ask('GET', '/events', { headers: { 'last-event-id': 'yesterday' } })
    expect(refused.json()).toMatchObject({ error: 'validation_error', details: { field: 'Last-Event-ID' } })
  })

  it('resumes without gaps or duplicates while events flow and subscribers come and go', async () => {
    const hub = await openHub()
    let flowing = true
    const flow = (async () => {
      while (flowing) await Promise.all([ingestCall(hub, 'a'), ingestCall(hub, 'b')])
    })()
    const seen: number[] = []
    while (seen.length < 400) {
      const stream = await openStream(hub, `?after=${seen.at(-1) ?? 0}`)
      const last = (seen.at(-1) ?? 0) + 60
      await stream.until(new RegExp(`^id: ${last}$`, 'm'))
      stream.response.destroy()
      seen.push(...stream.ids())
    }
    flowing = false
    await flow
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, n) => n + 1))
  })

  it('resumes from the log when a subscriber was away for longer than memory covers', async () => {
    const hub = await openHub()
    const batches = Array.from({ length: 2_500 }, (_, n) => hub.store.usage.ingest(`m${n % 3}`, [someCall()], { now: hub.clock.now() }))
    await Promise.all(batches)
    const stream = await openStream(hub, '?after=0')
    await stream.until(/^id: 2500$/m)
    expect(stream.ids()).toEqual(Array.from({ length: 2_500 }, (_, n) => n + 1))
    const filtered = await openStream(hub, '?after=0&machine_id=m1')
    await filtered.until(/^id: 2498$/m)
    expect(filtered.ids()).toHaveLength(833)
  })

  it('starts anew for a subscriber of another hub', async () => {
    const hub = await openHub()
    await ingestCall(hub)
    const stream = await openStream(hub, '?after=99999')
    await stream.until(/^id: 1$/m)
    await ingestCall(hub)
    await stream.until(/^id: 2$/m)
    expect(stream.ids()).toEqual([2])
  })

  it('filters by type and by subject', async () => {
    const hub = await openHub()
    const [b, none] = [
      await openStream(hub, '?machine_id=b&types=usage.updated'),
      await openStream(hub, '?types=monitor.paused,session.status'),
    ]
    await Promise.all([b.until(/connected/), none.until(/connected/)])
    for (const machine of ['a', 'b', 'a', 'b']) await ingestCall(hub, machine)
    await b.until(/^id: 4$/m)
    expect([b.ids(), none.ids()]).toEqual([[2, 4], []])
  })

  it('sends keepalive comments when nothing happens', async () => {
    const hub = await openHub({ streams: { keepaliveMs: 20, stalledMs: 30_000 } })
    const stream = await openStream(hub)
    await stream.until(/connected\n\n:\n\n:\n\n/)
    expect(stream.ids()).toEqual([])
  })

  it('drops a subscriber that reads nothing, without buffering for it', async () => {
    const hub = await openHub({ streams: { keepaliveMs: 15_000, stalledMs: 100 } })
    const sockets: Socket[] = []
    hub.app.server.on('connection', (socket) => sockets.push(socket))
    const stream = await openStream(hub, '?after=0')
    await stream.until(/connected/)
    stream.response.pause()
    const ended = new Promise((resolve) => stream.response.once('close', resolve))
    // More than the buffers of the operating system hold.
    const machine = 'm'.repeat(10_000)
    let waiting = 0
    for (let n = 0; n < 30; n++) {
      await Promise.all(Array.from({ length: 50 }, () => hub.store.usage.ingest(machine, [someCall()], { now: hub.clock.now() })))
      waiting = Math.max(waiting, ...sockets.map(({ writableLength }) => writableLength))
    }
    expect(waiting).toBeLessThan(200_000)
    await expect.poll(() => sockets[0]!.destroyed).toBe(true)
    stream.response.resume()
    await ended
    expect(stream.response.complete).toBe(false)
    const last = stream.ids().at(-1)!
    expect(last).toBeLessThan(1_500)
    const again = await openStream(hub, `?after=${last}`)
    await again.until(/^id: \d+$(?!.*connected)/ms)
    expect(again.ids()[0]).toBe(last + 1)
  })

  it('is one of few for each key; one more is refused until another has ended', async () => {
    const hub = await openHub({ streamLimits: { perKey: 3, total: 100 } })
    const status = async (headers?: Record<string, string>) => (await openStream(hub, '', headers)).response.statusCode
    const [first] = [await openStream(hub), await openStream(hub), await openStream(hub)]
    expect(await status()).toBe(429)
    const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: 'other', scopes: ['read'] } })).json()
    expect(await status({ authorization: `Bearer ${key}` })).toBe(200)
    expect(await status()).toBe(429)
    first!.response.destroy()
    await expect.poll(() => status()).toBe(200)
    expect(await status()).toBe(429)
  })

  const openWithOwnKey = async (hub: TestHub) => {
    const { key, key_id } = (await hub.ask('POST', '/api/keys', { payload: { name: 'page', scopes: ['read'] } })).json()
    const stream = await openStream(hub, '', { authorization: `Bearer ${key}` })
    await stream.until(/connected\n\n/)
    return { key_id: String(key_id), stream, ended: new Promise((resolve) => stream.response.once('close', resolve)) }
  }

  it('ends at once when its key is revoked, and no other does', async () => {
    const hub = await openHub({ streams: { ...streamDefaults, recheckMs: 3_600_000 } })
    const [revoked, other] = [await openWithOwnKey(hub), await openWithOwnKey(hub)]
    await hub.ask('DELETE', `/api/keys/${revoked.key_id}`)
    await revoked.ended
    await ingestCall(hub)
    await other.stream.until(/event: usage/)
  })

  it('ends soon when another program has revoked its key', async () => {
    const hub = await openHub({ streams: { ...streamDefaults, recheckMs: 20 } })
    const [revoked, other] = [await openWithOwnKey(hub), await openWithOwnKey(hub)]
    await hub.store.keys.revoke(revoked.key_id, undefined, { now: hub.clock.now() })
    await revoked.ended
    await ingestCall(hub)
    await other.stream.until(/event: usage/)
  })

  it('ends at once with the sign-in of its browser', async () => {
    const hub = await openHub({ streams: { ...streamDefaults, recheckMs: 3_600_000 } })
    const host = 'hub.example'
    const open = async () => {
      const answer = await hub.inject({ method: 'POST', url: '/api/login', payload: { key: masterKey }, headers: { host } })
      const headers = { host, origin: `http://${host}`, cookie: String(answer.headers['set-cookie']).split(';')[0]! }
      const stream = await openStream(hub, '', { ...headers, authorization: 'None' })
      await stream.until(/connected\n\n/)
      return { headers, ended: new Promise((resolve) => stream.response.once('close', resolve)) }
    }
    const [one, two, three] = [await open(), await open(), await open()]
    await hub.inject({ method: 'POST', url: '/api/logout', headers: one.headers })
    await one.ended
    await hub.inject({ method: 'DELETE', url: '/api/sign-ins?keep_current=true', headers: three.headers })
    await two.ended
    await hub.inject({ method: 'DELETE', url: '/api/sign-ins', headers: three.headers })
    await three.ended
  })

  it('is not opened by HEAD', async () => {
    const hub = await openHub()
    const answer = await hub.ask('HEAD', '/events')
    expect([answer.statusCode, answer.body]).toEqual([200, ''])
    await expect.poll(async () => /^signalbox_event_listeners (\d+)$/m.exec((await hub.ask('GET', '/metrics')).body)?.[1]).toBe('0')
  })

  it('ends with the hub, and a disconnected subscriber is removed', async () => {
    const hub = await openHub()
    const listeners = async () => /^signalbox_event_listeners (\d+)$/m.exec((await hub.ask('GET', '/metrics')).body)?.[1]
    const [gone, stream] = [await openStream(hub), await openStream(hub)]
    await Promise.all([gone.until(/connected/), stream.until(/connected/)])
    expect(await listeners()).toBe('2')
    gone.response.destroy()
    await expect.poll(listeners).toBe('1')
    const ended = new Promise((resolve) => stream.response.once('end', resolve))
    await hub.app.close()
    await ended
    expect(stream.response.complete).toBe(true)
  })
})

describe('the log as pages', () => {
  it('is newest last, and continues at its link', async () => {
    const hub = await openHub()
    await ingestCall(hub, 'a', 5)
    const page = async (query: string) => {
      const answer = await hub.ask('GET', `/events?format=json${query}`)
      return { ids: (answer.json() as { id: number }[]).map(({ id }) => id), link: answer.headers.link }
    }
    expect(await page('&limit=2')).toEqual({ ids: [4, 5], link: undefined })
    expect(await page('&limit=2&after=0')).toEqual({ ids: [1, 2], link: '</events?format=json&limit=2&after=2>; rel="next"' })
    expect(await page('&limit=2&after=4')).toEqual({ ids: [5], link: undefined })
    expect(await page('&after=5')).toEqual({ ids: [], link: undefined })
    expect(await page('&machine_id=b')).toEqual({ ids: [], link: undefined })
    expect((await page('&limit=2&before=4')).ids).toEqual([2, 3])
    expect((await page('&since=2026-10-06T09:12:00.001Z')).ids).toEqual([])
    expect((await page('&since=2026-10-06T09:12:00.000Z&until=2026-10-06T09:12:00.001Z&before=3')).ids).toEqual([1, 2])
    expect((await hub.ask('GET', '/events?format=json&before=3&after=1')).json()).toMatchObject({ details: { field: 'before' } })
    expect((await hub.ask('GET', '/events?format=json')).json()[0]).toMatchObject({
      id: 1,
      event: 'usage.updated',
      at: '2026-10-06T09:12:00.000Z',
    })
  })
})
