import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startHostilePeer } from '../../../../test/peers/hostile.ts'
import { type Peer, startPeer } from '../../../../test/peers/peer.ts'
import { wireForTests } from '../../../../test/peers/peer-wire.ts'
import { canMakeCertificates, makeCertificate } from '../../../../test/support/certificate.ts'
import { startForwardProxy } from '../../../../test/support/forward-proxy.ts'
import type { Wire } from './channel/channel-kind.ts'
import { MAX_ANSWER_BYTES, refusalOfAddress } from './wire.ts'
import type { WireError } from './wire-error.ts'

const signal = new AbortController().signal

async function peer(): Promise<Peer> {
  const started = await startPeer(() => ({ status: 200, headers: { 'set-cookie': 'a=b' }, body: 'fine' }))
  onTestFinished(() => started.close())
  return started
}

async function hostile() {
  const started = await startHostilePeer()
  onTestFinished(() => started.close())
  return started
}

/** The error of a request; fails the test where there is none. */
async function errorOf(wire: Wire, url: string): Promise<WireError> {
  const error = await wire.request({ method: 'POST', url, body: 'x' }, signal).then(
    (answer) => ({ message: `answered ${answer.status}` }),
    (reason: unknown) => reason,
  )
  return error as WireError
}

const closed = wireForTests({ allowNetworks: [] })
const portOf = ({ url }: { url: string }) => new URL(url).port

describe('addresses', () => {
  it('are refused in every form before a connection is made, with the setting that allows them', async () => {
    const server = await peer()
    const port = portOf(server)
    const hosts = [
      '127.0.0.1',
      'localhost',
      '0x7f.1',
      '0x7f000001',
      '2130706433',
      '017700000001',
      '127.1',
      '0',
      '0.0.0.0',
      '[::]',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::ffff:0:127.0.0.1]',
      '[::7f00:1]',
      '[64:ff9b::7f00:1]',
      '[64:ff9b:1::7f00:1]',
      '[2002:7f00:1::]',
      '[2001:0:7f00:1::]',
      '169.254.169.254',
      '[::ffff:169.254.169.254]',
      '[fd00:ec2::254]',
      '10.0.0.1',
      '172.16.0.1',
      '192.168.0.1',
      '100.64.0.1',
      '192.0.2.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
      '240.0.0.1',
      '255.255.255.255',
      '[fd00::1]',
      '[fe80::1]',
      '[fec0::1]',
      '[ff02::1]',
      '[2001:db8::1]',
      '１２７.0.0.1',
      '127。0。0。1',
    ]
    const errors = await Promise.all(hosts.map(async (host) => [host, await errorOf(closed, `http://${host}:${port}/`)] as const))
    for (const [host, error] of errors) {
      expect(error, host).toMatchObject({ outcome: 'refused', message: expect.stringContaining('ALERT_ALLOW_NETWORKS') })
    }
    expect(server.received).toEqual([])
  })

  it('are judged at the moment of connecting: a name cannot change its mind in between', async () => {
    const server = await peer()
    const answers = [['127.0.0.2'], ['127.0.0.1']]
    let asked = 0
    const rebinding = wireForTests({
      allowNetworks: ['127.0.0.2'],
      timeoutMs: 1_000,
      lookup: async () => (answers[asked++] ?? []).map((address) => ({ address, family: 4 })),
    })
    const first = await errorOf(rebinding, `http://rebind.example:${portOf(server)}/`)
    expect(asked).toBe(1)
    expect(first.outcome).toBe('failed')
    const second = await errorOf(rebinding, `http://rebind.example:${portOf(server)}/`)
    expect(second).toMatchObject({ outcome: 'refused', message: expect.stringContaining('127.0.0.1') })
    expect(server.received).toEqual([])
  })

  it('of one name that lead here and there are refused as a whole', async () => {
    const mixed = wireForTests({
      allowNetworks: [],
      lookup: async () => [
        { address: '93.184.216.34', family: 4 },
        { address: '::1', family: 6 },
      ],
    })
    expect(await errorOf(mixed, 'http://mixed.example/')).toMatchObject({ outcome: 'refused' })
  })

  it('that are named are reached, also by a name', async () => {
    const server = await peer()
    const open = wireForTests({ lookup: async () => [{ address: '127.0.0.1', family: 4 }] })
    const url = `http://ntfy.home:${portOf(server)}/x?y=1`
    const answer = await open.request({ method: 'PUT', url, headers: { 'x-a': 'b' }, body: 'hällo' }, signal)
    expect(answer).toMatchObject({ status: 200, body: 'fine' })
    expect(server.received).toMatchObject([{ method: 'PUT', path: '/x?y=1', body: 'hällo' }])
    expect(server.received[0]?.headers).toMatchObject({ host: `ntfy.home:${portOf(server)}`, 'x-a': 'b', 'content-length': '6' })
    await open.request({ method: 'GET', url }, signal)
    expect(server.received[1]?.headers.cookie).toBeUndefined()
  })

  it('of the hub itself are refused, whatever is allowed', async () => {
    const server = await peer()
    const own = wireForTests({ onlyThisMachine: true, ownPort: () => Number(portOf(server)), publicUrl: 'https://example.com/signalbox/' })
    for (const url of [server.url, `http://localhost:${portOf(server)}/api`, `http://[::ffff:127.0.0.1]:${portOf(server)}/`]) {
      expect(await errorOf(own, url), url).toMatchObject({ outcome: 'refused', message: expect.stringContaining('this hub itself') })
    }
    expect(await errorOf(own, 'https://example.com/signalbox/api/usage')).toMatchObject({
      message: expect.stringContaining('this hub itself'),
    })
    expect(await errorOf(own, 'https://example.com/signalbox')).toMatchObject({ message: expect.stringContaining('this hub itself') })
    expect(server.received).toEqual([])
  })

  it.each(['ftp://example.com/', 'file:///etc/passwd', 'data:text/plain,x', 'no address', 'http://example.com:0/'])(
    '%s is refused',
    async (url) => {
      expect(await errorOf(closed, url)).toMatchObject({ outcome: 'refused' })
    },
  )
})

describe('peers that misbehave', () => {
  it('are not followed when they redirect', async () => {
    const { url } = await hostile()
    const answer = await wireForTests().request({ method: 'GET', url: `${url}/moved` }, signal)
    expect(answer).toMatchObject({ status: 301, headers: { location: 'http://127.0.0.1:1/' } })
  })

  it('are cut off after 64 KiB', async () => {
    const server = await hostile()
    const answer = await wireForTests().request({ method: 'GET', url: `${server.url}/big` }, signal)
    expect(answer.body).toHaveLength(MAX_ANSWER_BYTES)
    // What the sockets of both ends hold comes on top.
    expect(server.sent()).toBeLessThan(10 * 1024 * 1024)
  })

  it('cannot hold a request longer than its time', async () => {
    const { url } = await hostile()
    const quick = wireForTests({ timeoutMs: 150 })
    const errors = await Promise.all(['/silent', '/dribble'].map((path) => errorOf(quick, url + path)))
    for (const error of errors)
      expect(error).toMatchObject({ outcome: 'failed', message: expect.stringContaining('did not answer in time') })
  })

  it.each(['/reset', '/half', '/garbage', '/headers'])('that answer %s have failed', async (path) => {
    const { url } = await hostile()
    const error = await errorOf(wireForTests(), url + path)
    expect(error).toMatchObject({ outcome: 'failed', message: expect.stringContaining(new URL(url).host) })
  })

  it('that are not there have failed, and the reason names the host and not the path', async () => {
    const gone = wireForTests({ lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })) })
    const error = await errorOf(gone, 'https://gone.example/secret')
    expect(error).toMatchObject({ outcome: 'failed', message: 'gone.example has no address: its name cannot be resolved (ENOTFOUND).' })
    const server = await startPeer(() => ({ status: 200 }))
    await server.close()
    expect(await errorOf(wireForTests(), `${server.url}/secret`)).toMatchObject({ message: expect.stringMatching(/refuses connections/) })
  })

  it('end with the reason of the caller who gives up', async () => {
    const { url } = await hostile()
    const stop = new AbortController()
    const request = wireForTests().request({ method: 'GET', url: `${url}/silent` }, stop.signal)
    stop.abort(new Error('the hub stops'))
    await expect(request).rejects.toThrow('the hub stops')
    await expect(wireForTests().request({ method: 'GET', url }, stop.signal)).rejects.toThrow('the hub stops')
  })
})

describe.skipIf(!canMakeCertificates)('TLS', () => {
  async function secure() {
    const { certificate, key } = makeCertificate(['peer.example'])
    const server = https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_request, response) =>
      response.end('sealed'),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return { port: (server.address() as AddressInfo).port, ca: readFileSync(certificate, 'utf8') }
  }
  const lookup = async () => [{ address: '127.0.0.1', family: 4 }]

  it('with a certificate that is not trusted, or of another, has failed; with a good one it is used', async () => {
    const { port, ca } = await secure()
    const trusting = wireForTests({ lookup, ca })
    expect(await trusting.request({ method: 'GET', url: `https://peer.example:${port}/` }, signal)).toMatchObject({ body: 'sealed' })
    for (const error of [
      await errorOf(wireForTests({ lookup }), `https://peer.example:${port}/`),
      await errorOf(trusting, `https://other.example:${port}/`),
    ]) {
      expect(error).toMatchObject({ outcome: 'failed', message: expect.stringContaining('certificate that is not valid') })
    }
    expect(await errorOf(trusting, `http://peer.example:${port}/`)).toMatchObject({ outcome: 'failed' })
  })
})

describe('an outgoing proxy', () => {
  it('is used, resolves names that the hub cannot, and gets no address that the hub refuses', async () => {
    const server = await peer()
    const proxy = await startForwardProxy(server.url)
    const lookup = async (name: string) => {
      if (name === 'inside.example') return [{ address: '10.0.0.1', family: 4 }]
      throw Object.assign(new Error('no'), { code: 'ENOTFOUND' })
    }
    const wire = wireForTests({ allowNetworks: [], lookup, env: { HTTP_PROXY: proxy.url, NO_PROXY: 'near.example' } })
    expect(await wire.request({ method: 'POST', url: 'http://hooks.example/a', body: 'x' }, signal)).toMatchObject({ body: 'fine' })
    for (const url of ['http://10.0.0.1/', 'http://169.254.169.254/', 'http://inside.example/', server.url]) {
      expect(await errorOf(wire, url), url).toMatchObject({ outcome: 'refused' })
    }
    expect(await errorOf(wire, 'http://near.example/')).toMatchObject({ outcome: 'failed', message: expect.stringContaining('ENOTFOUND') })
    expect(proxy.asked).toEqual(['http://hooks.example/a'])
  })

  it('that is away is a failure for now', async () => {
    const server = await startPeer(() => ({ status: 200 }))
    await server.close()
    const wire = wireForTests({ env: { HTTPS_PROXY: server.url }, lookup: () => Promise.reject(new Error('no')) })
    expect(await errorOf(wire, 'https://hooks.example/a')).toMatchObject({ outcome: 'failed' })
  })
})

it('what can be judged without a name server is judged before anything is sent', () => {
  const options = { allowNetworks: [], onlyThisMachine: false, ownPort: () => 4000, publicUrl: undefined, env: {} }
  const refusal = (url: string, more: object = {}) => refusalOfAddress(url, { ...options, ...more })
  for (const url of ['http://10.0.0.1/', 'http://[::1]/', 'http://localhost/', 'http://localhost.:8080/', 'http://0.0.0.0:4000/']) {
    expect(refusal(url), url).toMatch(/ is not allowed: .* ALERT_ALLOW_NETWORKS can allow it\.$/)
  }
  for (const url of ['http://localhost:4000/', 'http://127.0.0.1:4000/']) {
    expect(refusal(url, { onlyThisMachine: true }), url).toContain('is this hub itself')
  }
  expect(refusal('http://localhost:8080/', { onlyThisMachine: true })).toBeUndefined()
  expect(refusal('https://example.com/')).toBeUndefined()
  expect(refusal('http://10.0.0.1/', { allowNetworks: ['10.0.0.0/8'] })).toBeUndefined()
})
