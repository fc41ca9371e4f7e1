import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import tls from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { canMakeCertificates, makeCertificate } from '../../../../test/support/certificate.ts'
import { masterKey, openHub } from '../../test/open-hub.ts'
import { Certificate } from './certificate.ts'
import { askForHttps, isPlainFromElsewhere } from './plain-http.ts'

interface Answer {
  readonly status: number | undefined
  readonly text: string
  readonly location: string | undefined
}

function ask(from: typeof http | typeof https, options: https.RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = from.request({ host: '127.0.0.1', agent: false, ...options }, async (response) => {
      let text = ''
      for await (const part of response.setEncoding('utf8')) text += part
      resolve({ status: response.statusCode, text, location: response.headers.location })
    })
    request.on('error', reject)
    request.end(body)
  })
}

async function openSecureHub(env: NodeJS.ProcessEnv = {}, connectionTimes = { minAge: 1000, reader: 30_000, check: 5000, idle: 180_000 }) {
  const files = makeCertificate(['hub.example'])
  const certificate = new Certificate({ cert: files.certificate, key: files.key })
  const hub = await openHub({ certificate, env, connectionTimes })
  await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = hub.app.server.address() as AddressInfo
  const secure = { port, servername: 'hub.example', ca: fs.readFileSync(files.certificate) }
  return { hub, certificate, files, port, secure }
}

/** What the metric says of the certificate. */
async function daysLeft(port: number): Promise<number> {
  const { text } = await ask(http, { port, path: '/metrics', headers: { authorization: `Bearer ${masterKey}` } })
  const [, end] = /^signalbox_certificate_expiry_timestamp_seconds (\S+)$/m.exec(text)!
  return Math.round((Number(end) - Date.now() / 1000) / 86_400)
}

describe.skipIf(!canMakeCertificates)('a hub with TLS_CERT and TLS_KEY', () => {
  it('answers https with a certificate that its name is in, and knows that it does', async () => {
    const { secure } = await openSecureHub()
    expect((await ask(https, { ...secure, path: '/health/ready' })).status).toBe(200)
    const headers = { authorization: `Bearer ${masterKey}`, host: 'hub.example', 'content-type': 'application/json' }
    const invite = await ask(https, { ...secure, method: 'POST', path: '/api/invites', headers }, '{}')
    expect(JSON.parse(invite.text)).toMatchObject({ url: 'https://hub.example' })
    await expect(ask(https, { ...secure, servername: 'other.example', path: '/health' })).rejects.toThrow(/altnames/)
  })

  it('answers programs of its own machine in plain http on the same port, and a body in many pieces over both', async () => {
    const { port, secure } = await openSecureHub()
    const headers = { authorization: `Bearer ${masterKey}` }
    const body = `{"machine_id":"m1","calls":[]}${' '.repeat(1_000_000)}`
    const request = { method: 'POST', path: '/api/usage/calls', headers: { ...headers, 'content-type': 'application/json' } }
    expect(await ask(http, { port, ...request }, body)).toMatchObject({ status: 200 })
    expect((await ask(https, { ...secure, ...request }, body)).status).toBe(200)
    expect((await ask(http, { port, path: '/machines', headers })).status).toBe(200)
  })

  it('sends events to both at once', async () => {
    const { port, secure } = await openSecureHub()
    const headers = { authorization: `Bearer ${masterKey}` }
    const follow = async (from: typeof http | typeof https, options: https.RequestOptions) => {
      const seen = { text: '' }
      const request = from.get({ host: '127.0.0.1', agent: false, ...options, path: '/events', headers })
      onTestFinished(() => void request.destroy())
      const response = await new Promise<http.IncomingMessage>((resolve, reject) => request.on('response', resolve).on('error', reject))
      response
        .setEncoding('utf8')
        .on('data', (part) => (seen.text += part))
        .on('error', () => {})
      return seen
    }
    const texts = [await follow(http, { port }), await follow(https, secure)]
    const made = await ask(
      https,
      { ...secure, method: 'POST', path: '/machines', headers: { ...headers, 'content-type': 'application/json' } },
      '{"machine_id":"m-tls","hostname":"m-tls","docker_slots":[1]}',
    )
    expect(made.status, made.text).toBeLessThan(300)
    await expect.poll(() => texts.every(({ text }) => text.includes('m-tls'))).toBe(true)
  })

  it('presents a renewed certificate to new connections after it has read the files again, and keeps the former one where it cannot', async () => {
    const { certificate, files, port } = await openSecureHub()
    const serial = () =>
      new Promise<string>((resolve, reject) => {
        const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().serialNumber)
          socket.destroy()
        })
        socket.on('error', reject)
      })
    const before = await serial()
    const renewed = makeCertificate(['hub.example'], 30)
    fs.copyFileSync(renewed.certificate, files.certificate)
    expect(() => certificate.reload()).toThrow(/do not belong together/)
    expect(await serial()).toBe(before)
    fs.copyFileSync(renewed.key, files.key)
    expect(await daysLeft(port)).toBe(2)
    certificate.reload()
    expect(await serial()).not.toBe(before)
    expect(await daysLeft(port)).toBe(30)
    fs.writeFileSync(files.key, 'no key')
    expect(() => certificate.reload()).toThrow(/PEM/)
    fs.rmSync(files.key)
    expect(() => certificate.reload()).toThrow(/TLS_KEY .* cannot be read \(ENOENT\)/)
  })

  it('outlives who speaks neither, who hangs up in a handshake, and who sends nothing', async () => {
    const { hub, port, secure } = await openSecureHub()
    const closed = (send?: Buffer | string) =>
      new Promise<void>((resolve) => {
        const socket = net.connect(port, '127.0.0.1', () => {
          if (send !== undefined) socket.write(send)
          if (send === undefined || send.length < 10) socket.end()
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve())
        socket.resume()
      })
    await closed(Buffer.from([0x16, 3, 1]))
    await closed(Buffer.from([0x16, ...Array.from({ length: 400 }, () => 7)]))
    await closed('what is this?\r\n\r\n')
    await closed()
    expect((await ask(https, { ...secure, path: '/health' })).status).toBe(200)
    expect(hub.log.filter(({ level }) => level === 'ERROR')).toEqual([])
  })

  it('limits the connections of one address over TLS as over plain http', async () => {
    const { secure } = await openSecureHub({ MAX_CONNECTIONS_PER_ADDRESS: '5' }, { minAge: 0, reader: 30_000, check: 5000, idle: 180_000 })
    const open = () => {
      const socket = tls.connect({ host: '127.0.0.1', ...secure })
      onTestFinished(() => void socket.destroy())
      const state = { ready: false, closed: false }
      socket.on('error', () => {})
      socket.on('secureConnect', () => (state.ready = true))
      socket.on('close', () => (state.closed = true))
      return state
    }
    const strangers: ReturnType<typeof open>[] = []
    for (let count = 0; count < 6; count++) {
      const one = open()
      strangers.push(one)
      await expect.poll(() => one.ready || one.closed).toBe(true)
    }
    // The oldest one that has brought no key made room.
    await expect.poll(() => strangers.map(({ closed }) => closed)).toEqual([true, false, false, false, false, false])
  })
})

describe('plain http from another machine', () => {
  const answer = (request: { method?: string; url?: string; headers?: Record<string, string> }, publicUrl?: string) => {
    const sent: { status?: number; location?: string | undefined } = {}
    const response = {
      setHeader: () => {},
      writeHead(status: number, headers: { location?: string } = {}) {
        Object.assign(sent, { status, location: headers.location })
        return response
      },
      end: () => {},
    }
    const full = { method: 'GET', url: '/app', ...request, headers: { host: 'hub.example:4000', ...request.headers } }
    askForHttps(full as unknown as http.IncomingMessage, response as unknown as http.ServerResponse, publicUrl)
    return sent
  }

  it('is sent to https, at PUBLIC_URL where that is known', () => {
    expect(answer({ url: '/app?x=1' })).toEqual({ status: 308, location: 'https://hub.example:4000/app?x=1' })
    expect(answer({}, 'https://ops.example/box')).toEqual({ status: 308, location: 'https://ops.example/app' })
  })

  it('is refused where it brings a key or a body, or the address could lead elsewhere', () => {
    for (const request of [
      { method: 'POST' },
      { headers: { authorization: 'Bearer k' } },
      { url: '//evil.example/' },
      { headers: { host: 'a b' } },
    ]) {
      expect(answer(request), JSON.stringify(request)).toEqual({ status: 403, location: undefined })
    }
  })

  it('is recognised by its address: that of the hub itself counts as its own machine', () => {
    const from = (remoteAddress: string, localAddress: string, encrypted?: true) =>
      isPlainFromElsewhere({ socket: { remoteAddress, localAddress, encrypted } } as unknown as http.IncomingMessage)
    expect(from('192.0.2.7', '192.0.2.1')).toBe(true)
    expect(from('192.0.2.7', '192.0.2.1', true)).toBe(false)
    expect(from('192.0.2.1', '192.0.2.1')).toBe(false)
    expect(from('::ffff:127.0.0.1', '::ffff:127.0.0.1')).toBe(false)
  })
})
