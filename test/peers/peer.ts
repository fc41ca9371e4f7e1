import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A request as a peer got it. */
export interface Received {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
  readonly bytes: Buffer
}

export interface PeerResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON. */
  readonly body?: string | object
  /** Whether the service took it, where the status does not say so. */
  readonly isAccepted?: boolean
}

/** A server that keeps to what a service documents: it refuses what that service would refuse, and keeps what it accepted. */
export interface Peer {
  /** Without a slash at its end. */
  readonly url: string
  /** Every request, in order. */
  readonly received: Received[]
  /** Those that it accepted, as JSON. */
  readonly accepted: Record<string, unknown>[]
  /** The next requests are answered so, before anything is checked. */
  readonly next: PeerResponse[]
  close(): Promise<void>
}

/** @param answer what the service says; a status below 300 means that it accepted the request */
export async function startPeer(answer: (request: Received) => PeerResponse): Promise<Peer> {
  const sockets = new Set<Socket>()
  const peer = { received: [] as Received[], accepted: [] as Record<string, unknown>[], next: [] as PeerResponse[] }
  const server = http.createServer(async (request, response) => {
    const parts: Buffer[] = []
    try {
      for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
    } catch {
      return
    }
    const bytes = Buffer.concat(parts)
    const received = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: bytes.toString(),
      bytes,
    }
    peer.received.push(received)
    const { status, headers = {}, body = '' } = peer.next.shift() ?? answered(received)
    const isText = typeof body === 'string'
    response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers })
    response.end(isText ? body : JSON.stringify(body))
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    ...peer,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }

  function answered(received: Received): PeerResponse {
    const response = answer(received)
    if (response.isAccepted ?? response.status < 300) peer.accepted.push(jsonOf(received) ?? {})
    return response
  }
}

/** The body of a request as an object, of JSON or of a form; undefined when it is neither. */
export function jsonOf({ body, headers }: Received): Record<string, unknown> | undefined {
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(body))
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

export const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
export const listOf = (value: unknown) => (Array.isArray(value) ? (value as Record<string, unknown>[]) : [])
/** As most services count: an emoji of one code point is one character. */
export const charactersOf = (text: string) => [...text].length
