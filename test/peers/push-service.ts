import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes, verify } from 'node:crypto'
import { type Peer, type PeerResponse, type Received, startPeer } from './peer.ts'

/** What `PushSubscription.toJSON()` of a browser gives. */
export interface PeerSubscription {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

export interface PushService extends Peer {
  /** As a browser subscribes that gives this public key of the sender. */
  subscribe(senderKey: string): PeerSubscription
  /** The browser has cleared its data. */
  forget(subscription: PeerSubscription): void
  /** What waits for a browser, decrypted, by topic: a later one replaces the earlier. */
  waiting(subscription: PeerSubscription): readonly { readonly text: string; readonly topic: string; readonly urgency: string }[]
}

interface Browser {
  readonly ecdh: ECDH
  readonly auth: Buffer
  readonly senderKey: string
  readonly messages: Map<string, { text: string; topic: string; urgency: string }>
}

/** A push service with browsers behind it: RFC 8030, 8188, 8291 and 8292, by Node's cryptography alone. */
export async function startPushService(): Promise<PushService> {
  const browsers = new Map<string, Browser>()
  const peer: Peer = await startPeer((request) => {
    const browser = browsers.get(request.path)
    if (browser === undefined) return { status: request.path.startsWith('/push/') ? 410 : 404, body: '' }
    const problem = problemOf(request, browser, `http://${request.headers.host}`)
    if (problem !== undefined) return problem
    const topic = String(request.headers.topic ?? '')
    const text = decrypt(request.bytes, browser)
    if (text === undefined) return { status: 400, body: 'cannot be decrypted' }
    browser.messages.set(topic || String(browser.messages.size), { text, topic, urgency: String(request.headers.urgency ?? 'normal') })
    return { status: 201, headers: { location: `http://${request.headers.host}/message/1` }, body: '' }
  })
  return {
    ...peer,
    subscribe(senderKey) {
      const ecdh = createECDH('prime256v1')
      const publicKey = ecdh.generateKeys()
      const auth = randomBytes(16)
      const path = `/push/${randomBytes(24).toString('base64url')}`
      browsers.set(path, { ecdh, auth, senderKey, messages: new Map() })
      return { endpoint: peer.url + path, keys: { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') } }
    },
    forget: ({ endpoint }) => void browsers.delete(new URL(endpoint).pathname),
    waiting: ({ endpoint }) => [...(browsers.get(new URL(endpoint).pathname)?.messages.values() ?? [])],
  }
}

function problemOf({ headers, bytes, method }: Received, { senderKey }: Browser, origin: string): PeerResponse | undefined {
  if (method !== 'POST') return { status: 405, body: '' }
  if (!/^\d+$/.test(String(headers.ttl ?? ''))) return { status: 400, body: 'TTL is missing' }
  if (headers['content-encoding'] !== 'aes128gcm') return { status: 415, body: 'unknown encoding' }
  if (!/^(very-low|low|normal|high)$/.test(String(headers.urgency ?? 'normal'))) return { status: 400, body: 'Urgency is invalid' }
  if (!/^[\w-]{0,32}$/.test(String(headers.topic ?? ''))) return { status: 400, body: 'Topic is invalid' }
  if (bytes.length > 4_096) return { status: 413, body: '' }
  return isSigned(String(headers.authorization ?? ''), senderKey, origin) ? undefined : { status: 403, body: 'VAPID is invalid' }
}

/** `vapid t=<token>, k=<key>`: the token names this service and ends within a day, and is signed with the key of the subscription. */
function isSigned(authorization: string, senderKey: string, origin: string): boolean {
  const [, token = '', key] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization) ?? []
  const [header = '', claims = '', signature = ''] = token.split('.')
  if (key !== senderKey) return false
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' } })
  const isValid = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string; exp: number; sub: string }
  const left = exp - Date.now() / 1000
  return isValid && aud === origin && left > 0 && left <= 86_400 && /^(mailto:|https:)/.test(sub)
}

/** RFC 8188 with the keys of RFC 8291; undefined where anything is wrong. */
function decrypt(bytes: Buffer, { ecdh, auth }: Browser): string | undefined {
  const salt = bytes.subarray(0, 16)
  const keyLength = bytes[20] ?? 0
  const senderPoint = bytes.subarray(21, 21 + keyLength)
  const sealed = bytes.subarray(21 + keyLength)
  try {
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), senderPoint])
    const input = hkdf(ecdh.computeSecret(senderPoint), auth, info, 32)
    const key = hkdf(input, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
    const nonce = hkdf(input, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
    const decipher = createDecipheriv('aes-128-gcm', key, nonce)
    decipher.setAuthTag(sealed.subarray(-16))
    const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
    const end = padded.lastIndexOf(2)
    return padded.subarray(end + 1).every((byte) => byte === 0) ? padded.subarray(0, end).toString() : undefined
  } catch {
    return undefined
  }
}

function hkdf(input: Buffer, salt: Buffer, info: Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', input, salt, info, length))
}
