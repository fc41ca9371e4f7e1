import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A proxy as people put one before a hub: it serves the hub below a path, which it cuts off and names in a header. */
export async function startPathProxy(hubUrl: string, prefix: string): Promise<{ readonly url: string; readonly foreign: string[] }> {
  const hub = new URL(hubUrl)
  /** Requests that were not below the path. */
  const foreign: string[] = []
  const server = http.createServer((request, response) => {
    const path = request.url ?? '/'
    if (!`${path}/`.startsWith(`${prefix}/`)) {
      foreign.push(path)
      response.writeHead(404).end('another program')
      return
    }
    const headers = {
      ...request.headers,
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-prefix': prefix,
      'x-forwarded-host': request.headers.host,
    }
    const forwarded = http.request(
      { host: hub.hostname, port: hub.port, method: request.method, path: path.slice(prefix.length) || '/', headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        response.flushHeaders()
        answer.pipe(response)
      },
    )
    forwarded.on('error', () => response.destroy())
    response.on('close', () => forwarded.destroy())
    request.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`, foreign }
}
