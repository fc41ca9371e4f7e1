import { once } from 'node:events'
import http, { type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What the documents of a proxy say that it does to a request. */
export interface DescribedProxy {
  /** The port of the hub. */
  readonly upstream: number
  /** Headers that it sets, from those of the client. */
  readonly headers: (sent: IncomingHttpHeaders) => Record<string, string>
  /** A path that it takes off. */
  readonly strips?: string
}

/**
 * Stands in for a proxy that cannot be had where the tests run. It speaks plain http, as behind an end of https that is
 * somewhere else.
 * @returns its port
 */
export async function startDescribedProxy({ upstream, headers, strips = '' }: DescribedProxy): Promise<number> {
  const server = http.createServer((request, response) => {
    const url = request.url ?? '/'
    const path = strips !== '' && url.startsWith(strips) ? url.slice(strips.length) || '/' : url
    const sent = { ...request.headers, 'x-forwarded-for': '203.0.113.7', ...headers(request.headers) }
    const forwarded = http.request({ port: upstream, host: '127.0.0.1', method: request.method, path, headers: sent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      response.flushHeaders()
      answer.pipe(response)
    })
    forwarded.on('error', () => response.destroy())
    response.on('close', () => forwarded.destroy())
    request.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
