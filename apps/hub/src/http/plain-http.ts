import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { isLoopback } from '@signalbox/hub-address/this-machine'
import { plainAddress } from './client-address.ts'

/** Whether a request came without TLS from another machine: anyone on the way can read it. */
export function isPlainFromElsewhere({ socket }: IncomingMessage): boolean {
  if ((socket as Partial<TLSSocket>).encrypted === true) return false
  // A program of this machine that calls one of its other addresses has that address itself.
  return socket.remoteAddress !== socket.localAddress && !isLoopback(plainAddress(socket.remoteAddress) ?? '')
}

/** Sends a page to the same address with https. Any other request is refused: what it sent may have been a key. */
export function askForHttps({ method, url = '/', headers }: IncomingMessage, response: ServerResponse, publicUrl?: string): void {
  const origin = publicUrl === undefined ? `https://${headers.host}` : new URL(publicUrl).origin
  const isRead = method === 'GET' || method === 'HEAD'
  const location = isRead && headers.authorization === undefined && URL.canParse(url, origin) ? new URL(url, origin) : undefined
  response.setHeader('connection', 'close')
  if (location === undefined || location.origin !== new URL(origin).origin) {
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end('This hub speaks https: use https:// in its address.\n')
  } else {
    response.writeHead(308, { location: location.href }).end()
  }
}
