import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { run } from '../../../test/support/child.ts'
import { repositoryRoot } from '../../../test/support/repository.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { openHubFixture, RealClock } from './hub.suite.ts'

/** A forward proxy as companies have: it alone knows where `hub.corp.example` is. */
async function startForwardProxy(hub: string): Promise<{ url: string; asked: string[] }> {
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
    request.pipe(forwarded)
  })
  proxy.on('connect', (request, socket: net.Socket) => {
    asked.push(request.url ?? '')
    const tunnel = net.connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      tunnel.pipe(socket).pipe(tunnel)
    })
    for (const end of [tunnel, socket]) end.on('error', () => end.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked }
}

const signalbox = path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs')
const unset = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'NODE_USE_ENV_PROXY'].map((name) => [name, undefined]),
)

async function listSessions(env: Record<string, string | undefined>) {
  const home = tempFolder()
  return run(process.execPath, [signalbox, 'sessions', 'list', '--json'], { env: { ...unset, HOME: home, DATA_DIR: home, ...env } })
}

it('a command reaches a hub that only the proxy of HTTP_PROXY can reach, and goes around it where NO_PROXY says so', async () => {
  const hub = await openHubFixture({ clock: new RealClock() })
  const proxy = await startForwardProxy(hub.url)
  const far = { ...hub.env, SIGNALBOX_URL: 'http://hub.corp.example' }
  const { code, stdout, stderr } = await listSessions({ ...far, HTTP_PROXY: proxy.url })
  expect([code, stdout.trim()], stderr).toEqual([0, '[]'])
  expect(proxy.asked.join()).toContain('hub.corp.example')
  proxy.asked.length = 0
  const around = await listSessions({ ...far, HTTP_PROXY: proxy.url, NO_PROXY: '.corp.example' })
  expect([around.code === 0, proxy.asked]).toEqual([false, []])
})

it('a hub on this machine is never asked for through a proxy', async () => {
  const hub = await openHubFixture({ clock: new RealClock() })
  const proxy = await startForwardProxy(hub.url)
  const { code, stderr } = await listSessions({ ...hub.env, SIGNALBOX_URL: hub.url, HTTP_PROXY: proxy.url, NO_PROXY: 'example.com' })
  expect([code, proxy.asked], stderr).toEqual([0, []])
})
