import { once } from 'node:events'
import fs from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Certificate, canMakeCertificates, makeCertificate } from '../../../test/support/certificate.ts'
import { run } from '../../../test/support/child.ts'
import { noProxySettings, startForwardProxy } from '../../../test/support/forward-proxy.ts'
import { repositoryRoot } from '../../../test/support/repository.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { type HubFixture, openHubFixture, RealClock } from './hub.suite.ts'

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

it('a hub with https is reached through a tunnel of the proxy of HTTPS_PROXY, and the proxy of HTTP_PROXY is not asked', async ({
  skip,
}) => {
  if (!canMakeCertificates && process.env.CI !== 'true') skip('openssl, which makes the certificate, is not there')
  const host = 'hub.corp.example'
  const { client, env, url } = await startHttps(await openHubFixture({ clock: new RealClock() }), makeCertificate([host]))
  await client.createSession({ project_id: 'shop', machine_id: 'laptop' })
  const [proxy, other] = [await startForwardProxy(url), await startForwardProxy(url)]
  const far = { ...env, SIGNALBOX_URL: `https://${host}`, HTTPS_PROXY: proxy.url, HTTP_PROXY: other.url }
  const { code, stdout, stderr } = await listSessions(far)
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toMatchObject([{ project_id: 'shop', machine_id: 'laptop' }])
  // What goes through the tunnel is for the hub alone: a certificate that is not trusted ends it.
  const untrusted = await listSessions({ ...far, NODE_EXTRA_CA_CERTS: undefined })
  expect([untrusted.code, untrusted.stderr]).toEqual([1, expect.stringMatching(/certificate/)])
  expect([new Set(proxy.asked), other.asked]).toEqual([new Set([`${host}:443`]), []])
})

/** The hub as behind a proxy that ends https, and settings that trust its certificate. */
async function startHttps(fixture: HubFixture, { certificate, key }: Certificate) {
  const server = https.createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }, (request, response) =>
    fixture.hub.app.routing(request, response),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { ...fixture, url: `https://127.0.0.1:${port}`, env: { ...fixture.env, NODE_EXTRA_CA_CERTS: certificate } }
}

it('a hub on this machine is never asked for through a proxy', async () => {
  const hub = await openHubFixture({ clock: new RealClock() })
  const proxy = await startForwardProxy(hub.url)
  const { code, stderr } = await listSessions({ ...hub.env, SIGNALBOX_URL: hub.url, HTTP_PROXY: proxy.url, NO_PROXY: 'example.com' })
  expect([code, proxy.asked], stderr).toEqual([0, []])
})
