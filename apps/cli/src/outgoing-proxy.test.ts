import path from 'node:path'
import { expect, it } from 'vitest'
import { run } from '../../../test/support/child.ts'
import { noProxySettings, startForwardProxy } from '../../../test/support/forward-proxy.ts'
import { repositoryRoot } from '../../../test/support/repository.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { openHubFixture, RealClock } from './hub.suite.ts'

const signalbox = path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs')
async function listSessions(env: Record<string, string | undefined>) {
  const home = tempFolder()
  return run(process.execPath, [signalbox, 'sessions', 'list', '--json'], {
    env: { ...noProxySettings, HOME: home, DATA_DIR: home, ...env },
  })
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

it('a hub with https is reached through a tunnel of the proxy of HTTPS_PROXY, and the proxy of HTTP_PROXY is not asked', async () => {
  const hub = await openHubFixture({ clock: new RealClock() })
  const [proxy, other] = [await startForwardProxy(hub.url), await startForwardProxy(hub.url)]
  const far = { ...hub.env, SIGNALBOX_URL: 'https://hub.corp.example' }
  // Behind the tunnel is a hub without https, so the command fails there.
  expect((await listSessions({ ...far, HTTPS_PROXY: proxy.url, HTTP_PROXY: other.url })).code).toBe(1)
  expect([new Set(proxy.asked), other.asked]).toEqual([new Set(['hub.corp.example:443']), []])
})

it('a hub on this machine is never asked for through a proxy', async () => {
  const hub = await openHubFixture({ clock: new RealClock() })
  const proxy = await startForwardProxy(hub.url)
  const { code, stderr } = await listSessions({ ...hub.env, SIGNALBOX_URL: hub.url, HTTP_PROXY: proxy.url, NO_PROXY: 'example.com' })
  expect([code, proxy.asked], stderr).toEqual([0, []])
})
