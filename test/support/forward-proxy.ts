import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface ForwardProxy {
  /** The address for HTTP_PROXY and HTTPS_PROXY. */
  readonly url: string
  /** What it was asked for: `http://HOST/PATH`, or `HOST:PORT` of a tunnel. */
  readonly asked: string[]
}

/** The settings of the machine that runs the tests, removed. */
export const noProxySettings: Readonly<Record<string, undefined>> = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'NODE_USE_ENV_PROXY'].map((name) => [name, undefined]),
)

/** A forward proxy as companies have, until the test ends: it alone knows where `hub.corp.example` is, and takes every name for it. */
export async function startForwardProxy(hub: string): Promise<ForwardProxy> {
  const asked: string[] = []
  const { hostname, port } = new URL(hub)
  const proxy = http.createServer((request, response) => {
    asked.push(request.url ?? '')
    const { pathname, search } = new URL(request.url ?? '')
    const forwarded = http.request(
      { hostname, port, path: pathname + search, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    // A client or a hub that is killed is no failure of the proxy.
    forwarded.on('error', () => response.destroy())
    response.on('close', () => forwarded.destroy())
    request.pipe(forwarded)
  })
  const tunnels = new Set<net.Socket>()
  proxy.on('connect', (request, socket: net.Socket) => {
    asked.push(request.url ?? '')
    const tunnel = net.connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      tunnel.pipe(socket).pipe(tunnel)
    })
    for (const end of [tunnel, socket]) {
      tunnels.add(end)
      end.on('error', () => end.destroy())
    }
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => {
    proxy.closeAllConnections()
    for (const end of tunnels) end.destroy()
    proxy.close()
  })
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked }
}
