import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { missingProgram, setupDebianProgram } from '../../scripts/setup/debian-program.mjs'
import { startHub } from '../browser/harness.ts'
import { makeCertificate } from '../support/certificate.ts'
import { type DescribedProxy, startDescribedProxy } from '../support/described-proxy.ts'
import { freePort } from '../support/free-port.ts'
import { textOf } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'

// Each file of examples/proxy in front of a real hub. nginx and Caddy run themselves, with the file as it is but for its
// ports and certificates; a proxy that cannot be had here is one that does what its documents and the file say.

const KEY = 'a-key-for-the-tests-of-proxies-0123456789'
const AT = { root: { host: 'hub.example.com', prefix: '' }, path: { host: 'tools.example.com', prefix: '/signalbox' } } as const
const HSTS = 'max-age=31536000'
type Place = (typeof AT)[keyof typeof AT]

/** How a client reaches the proxy. */
interface Frontend {
  readonly port: number
  readonly tls: boolean
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** A request as a browser sends it to `https://HOST`. */
function open(
  frontend: Frontend,
  { host }: Place,
  path: string,
  { method = 'GET', body, headers = {} }: RequestOptions = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: frontend.port, method, path, headers: { ...headers, host }, agent: false as const }
    const request = frontend.tls
      ? https.request({ ...options, servername: host, rejectUnauthorized: false }, resolve)
      : http.request(options, resolve)
    request.on('error', reject)
    request.end(body)
  })
}

interface RequestOptions {
  readonly method?: string
  readonly body?: string
  readonly headers?: Record<string, string>
}

async function ask(frontend: Frontend, place: Place, path: string, options?: RequestOptions): Promise<Answer> {
  const response = await open(frontend, place, path, options)
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode ?? 0, headers: response.headers, text }
}

async function openHubOf(env: Record<string, string>) {
  const hub = await startHub({
    dataDir: tempFolder(),
    env: { NODE_ENV: 'production', API_KEYS: KEY, TRUST_PROXY: 'loopback', LOG_LEVEL: 'info', ...env },
  })
  onTestFinished(() => hub.stop())
  return Number(new URL(hub.url).port)
}

/** Ends with the test, and the test fails when it ends before. */
async function runProxy(program: string, args: string[], frontend: Frontend, env: Record<string, string> = {}): Promise<Frontend> {
  const child: ChildProcess = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
  })
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${output}`)
    try {
      await ask(frontend, AT.root, '/health')
      return frontend
    } catch {
      await sleep(50)
    }
  }
}

function replaced(text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the file does not have "${from}"`)
    return result.replaceAll(from, to)
  }, text)
}

async function startCaddy(program: string, hubPort: number): Promise<Frontend> {
  const folder = tempFolder()
  const frontend = { port: await freePort(), tls: true }
  const ports = `https_port ${frontend.port}\n\thttp_port ${await freePort()}`
  // It would wait for the stream that its client has left until the hub next writes to it.
  const options = `{\n\tgrace_period 100ms\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n\t${ports}\n}\n`
  const file = path.join(folder, 'Caddyfile')
  fs.writeFileSync(file, options + replaced(textOf('examples/proxy/Caddyfile'), [['127.0.0.1:4000', `127.0.0.1:${hubPort}`]]))
  return runProxy(program, ['run', '--config', file, '--adapter', 'caddyfile'], frontend, {
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  })
}

async function startNginx(program: string, hubPort: number): Promise<Frontend> {
  const folder = tempFolder()
  const frontend = { port: await freePort(), tls: true }
  const { certificate, key } = makeCertificate(Object.values(AT).map(({ host }) => host))
  const sites = replaced(textOf('examples/proxy/nginx.conf'), [
    ['listen 443 ssl', `listen 127.0.0.1:${frontend.port} ssl`],
    ['127.0.0.1:4000', `127.0.0.1:${hubPort}`],
    ...Object.values(AT).flatMap(({ host }) => [[`/etc/ssl/${host}.crt`, certificate] as const, [`/etc/ssl/${host}.key`, key] as const]),
  ])
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')
  const file = path.join(folder, 'nginx.conf')
  fs.writeFileSync(
    file,
    `daemon off;\nmaster_process off;\npid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${sites}\n}\n`,
  )
  return runProxy(program, ['-p', folder, '-c', file, '-e', 'stderr'], frontend)
}

/** What a person and a machine do with a hub, through a proxy. */
async function expectHub(frontend: Frontend, place: Place): Promise<void> {
  const { host, prefix } = place
  const origin = `https://${host}`
  const key = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
  const root = await ask(frontend, place, `${prefix}/`)
  expect([root.status, root.headers.location]).toEqual([302, `${prefix}/app`])
  const page = await ask(frontend, place, `${prefix}/app/usage`)
  const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!)
  expect(files.length).toBeGreaterThan(3)
  for (const file of files) {
    expect(file).toMatch(new RegExp(`^${prefix}/(?:assets/|manifest(?:-de)?\\.webmanifest$|icon-\\d+\\.png$)`))
    expect((await ask(frontend, place, file)).status, file).toBe(200)
  }
  const login = await ask(frontend, place, `${prefix}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ key: KEY }),
  })
  expect([login.status, login.text]).toEqual([200, expect.stringContaining('"by":"cookie"')])
  // What ends https says that there is nothing else.
  if (frontend.tls) expect([page, login].map(({ headers }) => headers['strict-transport-security'])).toEqual([HSTS, HSTS])
  const [cookie = ''] = login.headers['set-cookie'] ?? []
  expect(cookie).toMatch(new RegExp(`; Path=${prefix || '/'}(;|$)`))
  expect(cookie).toContain('; Secure')
  const browser = { cookie: cookie.split(';')[0]!, 'content-type': 'application/json' }
  const foreign = await ask(frontend, place, `${prefix}/sessions`, {
    method: 'POST',
    headers: { ...browser, origin: 'https://evil.example' },
    body: '{}',
  })
  expect([foreign.status, foreign.text]).toEqual([403, expect.stringContaining(`address of this hub is ${origin}"`)])

  // The stream is open before the change, and has its event at once: nothing on the way may wait for more.
  const stream = await open(frontend, place, `${prefix}/events`, { headers: { ...browser, accept: 'text/event-stream' } })
  expect(stream.headers['content-type']).toContain('text/event-stream')
  const event = new Promise<string>((resolve) => {
    let text = ''
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      if (text.includes('event: session.created')) resolve(text)
    })
  })
  for (const machine_id of ['m1', 'm2']) {
    const created = await ask(frontend, place, `${prefix}/sessions`, {
      method: 'POST',
      headers: { ...browser, origin },
      body: JSON.stringify({ project_id: 'p', machine_id }),
    })
    expect([created.status, created.headers.location]).toEqual([201, expect.stringMatching(new RegExp(`^${prefix}/sessions/`))])
  }
  expect(await event).toContain('"machine_id":"m1"')
  stream.destroy()

  const list = await ask(frontend, place, `${prefix}/sessions?limit=1`, { headers: key })
  expect(list.headers.link).toMatch(new RegExp(`^<${prefix}/sessions\\?limit=1&cursor=\\w+>; rel="next"$`))
  const next = /<(.+)>/.exec(list.headers.link as string)![1]!
  expect((await ask(frontend, place, next, { headers: key })).status).toBe(200)
  const invite = await ask(frontend, place, `${prefix}/api/invites`, { method: 'POST', headers: key, body: '{}' })
  expect(JSON.parse(invite.text)).toMatchObject({ url: origin + prefix, loopback: false })
  const calls = { machine_id: 'm1', calls: [] as object[], padding: undefined }
  const large = await ask(frontend, place, `${prefix}/api/usage/calls`, {
    method: 'POST',
    headers: key,
    body: `${JSON.stringify(calls)}${' '.repeat(2_000_000)}`,
  })
  expect(large.status).toBe(200)
}

describe.skipIf(process.platform === 'win32').each([
  ['nginx', startNginx],
  ['caddy', startCaddy],
] as const)('%s', (name, start) => {
  test.for([
    ['the root of a host', AT.root],
    ['a path', AT.path],
  ] as const)('with its file of examples/proxy serves the whole hub at %s', async ([, place], { skip }) => {
    const program = setupDebianProgram(name)
    if (program === undefined) {
      if (process.env.CI === 'true') throw new Error(missingProgram(name))
      return skip(missingProgram(name))
    }
    const hubPort = await openHubOf({ PUBLIC_URL: `https://${place.host}${place.prefix}` })
    await expectHub(await start(program, hubPort), place)
  })
})

interface TraefikFile {
  http: {
    routers: Record<string, { rule: string; middlewares?: string[]; service: string }>
    middlewares: Record<string, { stripPrefix?: { prefixes: string[] }; headers?: { stsSeconds: number } }>
    services: Record<string, { loadBalancer: { servers: { url: string }[] } }>
  }
}

describe('a proxy that does what is said of', () => {
  const behind = async (upstream: number, described: Omit<DescribedProxy, 'upstream'>): Promise<Frontend> => ({
    port: await startDescribedProxy({ upstream, ...described }),
    tls: false,
  })

  test.each(['signalbox', 'signalbox-below-a-path'])('Traefik, with the router %s of its file', async (name) => {
    const { routers, middlewares, services } = (parse(textOf('examples/proxy/traefik.yml')) as TraefikFile).http
    const { rule, middlewares: used = [], service } = routers[name]!
    const does = used.map((middleware) => middlewares[middleware]!)
    const host = /Host\(`(.+?)`\)/.exec(rule)![1]!
    const prefix = /PathPrefix\(`(.+?)`\)/.exec(rule)?.[1] ?? ''
    const strips = does.find(({ stripPrefix }) => stripPrefix !== undefined)?.stripPrefix?.prefixes[0] ?? ''
    expect(does.find(({ headers }) => headers !== undefined)?.headers).toEqual({ stsSeconds: 31_536_000 })
    expect(services[service]!.loadBalancer.servers).toEqual([{ url: 'http://127.0.0.1:4000' }])
    const hubPort = await openHubOf(prefix === '' ? { PUBLIC_URL: `https://${host}` } : {})
    const headers = () => ({
      'x-forwarded-proto': 'https',
      'x-forwarded-host': host,
      'x-forwarded-port': '443',
      ...(strips === '' ? {} : { 'x-forwarded-prefix': strips }),
    })
    await expectHub(await behind(hubPort, { headers, strips }), { host, prefix } as Place)
  })

  test('Cloudflare Tunnel, with its file', async () => {
    const { ingress } = parse(textOf('examples/proxy/cloudflared.yml')) as { ingress: { hostname?: string; service: string }[] }
    expect(ingress[0]).toEqual({ hostname: AT.root.host, service: 'http://127.0.0.1:4000' })
    const hubPort = await openHubOf({ PUBLIC_URL: 'https://hub.example.com' })
    const headers = () => ({ 'x-forwarded-proto': 'https', 'cf-connecting-ip': '203.0.113.7', 'cf-visitor': '{"scheme":"https"}' })
    await expectHub(await behind(hubPort, { headers }), AT.root)
  })

  test('Tailscale, with its command', async () => {
    expect(textOf('examples/proxy/tailscale.sh')).toMatch(/^exec tailscale serve .*http:\/\/127\.0\.0\.1:4000$/m)
    const hubPort = await openHubOf({ PUBLIC_URL: 'https://hub.example.com' })
    const headers = ({ host = '' }: http.IncomingHttpHeaders) => ({ 'x-forwarded-proto': 'https', 'x-forwarded-host': host })
    await expectHub(await behind(hubPort, { headers }), AT.root)
  })
})
