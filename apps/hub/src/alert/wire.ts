import dns, { type LookupAddress } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import os from 'node:os'
import { useAgent } from 'request-filtering-agent'
import type { Wire, WireAnswer, WireRequest } from './channel/channel-kind.ts'
import { connectionProblem, WireError } from './wire-error.ts'
import { type AllowedNetworks, allowedNetworks, isLoopbackAddress, judgeAddress } from './wire-networks.ts'
import { proxyFor } from './wire-proxy.ts'

/** For everything: resolving the name, connecting, sending, and receiving the answer. */
export const WIRE_TIMEOUT_MS = 10_000
/** More of an answer is not read. */
export const MAX_ANSWER_BYTES = 64 * 1024

export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>

export interface WireOptions {
  /** The entries of ALERT_ALLOW_NETWORKS. */
  readonly allowNetworks: readonly string[]
  /** The hub listens on loopback alone. */
  readonly onlyThisMachine: boolean
  /** Where the hub listens; undefined before it does. */
  readonly ownPort: () => number | undefined
  /** PUBLIC_URL. */
  readonly publicUrl?: string | undefined
  /** Has HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  readonly env: NodeJS.ProcessEnv
  /** Certificates of roots, in PEM, that this wire trusts instead of the usual ones. */
  readonly ca?: string | undefined
  readonly lookup?: Lookup | undefined
  readonly timeoutMs?: number | undefined
}

/**
 * The one way out to addresses that people set up. A name is resolved once; each of its addresses is judged, and the connection is
 * made to those addresses and no other, so that a name cannot change its mind between check and connection. Redirects are not
 * followed, cookies not kept.
 */
export function createWire(options: WireOptions): Wire {
  const allowed = allowedNetworks(options.allowNetworks, options.onlyThisMachine)
  const lookup = options.lookup ?? ((hostname) => dns.promises.lookup(hostname, { all: true }))
  return {
    async request(request, signal) {
      const timeout = AbortSignal.timeout(options.timeoutMs ?? WIRE_TIMEOUT_MS)
      const stop = AbortSignal.any([signal, timeout])
      const url = checkedUrl(request.url, options)
      try {
        stop.throwIfAborted()
        return await exchange(url, request, await agentFor(url, { ...options, lookup }, allowed, stop), stop)
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof WireError) throw error
        if (timeout.aborted) throw new WireError('failed', `${url.host} did not answer in time.`, { cause: error })
        throw new WireError('failed', connectionProblem(error, url.host), { cause: error })
      }
    },
  }
}

/**
 * Why nothing would be sent to an address, in the words of sending; undefined where nothing is known against it. Names other than
 * `localhost` lead where they lead when a message is sent.
 */
export function refusalOfAddress(text: string, options: WireOptions): string | undefined {
  try {
    const url = checkedUrl(text, options)
    const hostname = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
    const address = /(^|\.)localhost$/.test(hostname) ? '127.0.0.1' : hostname
    const family = isIP(address)
    if (family !== 0) judgeAll(url, [{ address, family }], allowedNetworks(options.allowNetworks, options.onlyThisMachine), options)
    return undefined
  } catch (error) {
    if (error instanceof WireError) return error.message
    throw error
  }
}

function checkedUrl(text: string, { publicUrl }: WireOptions): URL {
  if (!URL.canParse(text)) throw new WireError('refused', 'The address is not valid.')
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol)) throw new WireError('refused', `Only http and https are possible, not ${url.protocol}//`)
  if (url.port === '0') throw new WireError('refused', 'No server has port 0.')
  if (publicUrl !== undefined && isBelow(url, new URL(publicUrl))) {
    throw new WireError('refused', `${url.host} is this hub itself: its alerts would cause further ones.`)
  }
  return url
}

function isBelow(url: URL, base: URL): boolean {
  const folder = (path: string) => `${path.replace(/\/+$/, '')}/`
  return url.origin === base.origin && folder(url.pathname).startsWith(folder(base.pathname))
}

async function agentFor(
  url: URL,
  options: WireOptions & { readonly lookup: Lookup },
  allowed: AllowedNetworks,
  stop: AbortSignal,
): Promise<http.Agent> {
  const proxy = proxyFor(url, options.env)
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const family = isIP(hostname)
  const resolve = () => (family === 0 ? abortable(options.lookup(hostname), stop) : Promise.resolve([{ address: hostname, family }]))
  // The proxy resolves names, also those that this machine cannot.
  const addresses = proxy === undefined ? await resolve() : await resolve().catch(() => [])
  stop.throwIfAborted()
  const named = judgeAll(url, addresses, allowed, options)
  if (proxy !== undefined) {
    const proxyOptions = { proxyEnv: { http_proxy: proxy, https_proxy: proxy }, ca: options.ca }
    // The agent would judge the address of the proxy, which the operator has chosen.
    return url.protocol === 'https:' ? new https.Agent(proxyOptions) : new http.Agent(proxyOptions)
  }
  return useAgent(url.href, {
    allowIPAddressList: [...named],
    proxyEnv: undefined,
    ca: options.ca,
    lookup: (_hostname, { all }, callback) => {
      const [first] = addresses
      if (first === undefined) callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '')
      else if (all === true) callback(null, [...addresses])
      else callback(null, first.address, first.family)
    },
  })
}

/**
 * @returns the addresses that are named, for which the agent makes an exception
 * @throws WireError when one address may not be reached: a name that leads here and there is refused as a whole
 */
function judgeAll(url: URL, addresses: readonly LookupAddress[], allowed: AllowedNetworks, { ownPort }: WireOptions): readonly string[] {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return addresses.flatMap(({ address }) => {
    if (port === ownPort() && isOwnAddress(address)) {
      throw new WireError('refused', `${url.host} is this hub itself: its alerts would cause further ones.`)
    }
    const judged = judgeAddress(address, allowed)
    if (judged.verdict === 'refused') throw new WireError('refused', `${url.host} is not allowed: ${judged.because}`)
    return judged.verdict === 'named' ? [address] : []
  })
}

function isOwnAddress(address: string): boolean {
  if (isLoopbackAddress(address)) return true
  return Object.values(os.networkInterfaces()).some((interfaces) => interfaces?.some((one) => one.address === address))
}

function exchange(url: URL, { method, headers = {}, body }: WireRequest, agent: http.Agent, signal: AbortSignal): Promise<WireAnswer> {
  const { request: start } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const request = start(url, { method, agent, signal, headers: { 'user-agent': 'Signalbox', ...lengthOf(body), ...headers } })
    request.on('error', (error) => reject(refusalOf(error, url)))
    request.on('response', (response) => {
      readAnswer(response).then(resolve, reject)
    })
    request.end(body)
  })
}

function lengthOf(body: WireRequest['body']): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
}

/** The agent refuses every address that is not public and not named, by an error that only its text identifies. */
function refusalOf(error: Error, url: URL): Error {
  const [, address] = /^DNS lookup (\S+?)\(.* is not allowed\./.exec(error.message) ?? []
  if (address === undefined) return error
  return new WireError('refused', `${url.host} is not allowed: ${address} is no public address. ALERT_ALLOW_NETWORKS can allow it.`)
}

async function readAnswer(response: http.IncomingMessage): Promise<WireAnswer> {
  const parts: Buffer[] = []
  let left = MAX_ANSWER_BYTES
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part.subarray(0, left))
    left -= part.length
    // Ending the loop closes the connection: what follows is not even received.
    if (left <= 0) break
  }
  return { status: response.statusCode ?? 0, headers: plainHeaders(response.headers), body: Buffer.concat(parts).toString() }
}

function plainHeaders(headers: http.IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]))
}

/** Names cannot be resolved with a signal: the wait ends, the resolver goes on. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
