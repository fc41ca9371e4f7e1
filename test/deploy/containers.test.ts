import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fetch, StateTrackingApiClient } from '@signalbox/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readManifest } from '../../apps/hub/src/backup/manifest.ts'
import { buildImage, type ContainerHost, startContainerHost, whyNoContainers } from '../support/container.ts'
import { repositoryRoot } from '../support/repository.ts'

// The image and the compose files as people run them, with podman: a hardened hub, its data over containers, two hubs of which
// one is killed. The images of the registries have stand-ins: scripts/setup/containers.mjs.

const missing = await whyNoContainers()
const hardened = ['--read-only', '--cap-drop', 'all', '--security-opt', 'no-new-privileges', '--memory', '256m']
/** On a busy machine a dozen containers take their time. */
const LIMIT_MS = 400_000
/** A folder for each released version. */
const releasedStores = path.join(repositoryRoot, 'test/store/fixtures')
const apiKey = randomBytes(16).toString('hex')

interface Answer {
  readonly status: number
  readonly text: string
}

interface Asked {
  readonly method?: string
  readonly key?: string
  readonly body?: object
  readonly text?: string | undefined
  readonly headers?: Record<string, string>
}

/** A request to a port of the machine for containers; over TLS as a browser that trusts Caddy's own authority. */
function ask(
  socketPath: string,
  path: string,
  { method = 'GET', key, body, text: sentText, headers = {} }: Asked = {},
  tls = false,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = {
      host: 'localhost',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    }
    const options = { socketPath, path, method, headers: sent, agent: false as const }
    const request = tls ? https.request({ ...options, servername: 'localhost', rejectUnauthorized: false }) : http.request(options)
    request.on('error', reject)
    request.on('response', async (response) => {
      let text = ''
      try {
        for await (const part of response.setEncoding('utf8')) text += part
        resolve({ status: response.statusCode ?? 0, text })
      } catch (error) {
        reject(error as Error)
      }
    })
    request.end(sentText ?? (body && JSON.stringify(body)))
  })
}

const until = async (socketPath: string, path: string, tls = false) => {
  const status = () =>
    ask(socketPath, path, {}, tls).then(
      (answer) => answer.status,
      () => 0,
    )
  await expect.poll(status, { timeout: 90_000, interval: 100 }).toBe(200)
}

describe.skipIf(missing !== undefined)('containers', () => {
  let host: ContainerHost
  let image = ''
  beforeAll(async () => {
    host = await startContainerHost()
    image = await buildImage(host)
  }, 600_000)
  afterAll(() => host?.stop())

  it('the image is small, and has a program and no source, no test, no shell, no key, and runs as a user without rights', async () => {
    const [inspected] = JSON.parse(await host.podman('image', 'inspect', image))
    expect(inspected.Size).toBeLessThanOrEqual(200_000_000)
    const { User, Entrypoint, Cmd, ExposedPorts, Volumes, StopSignal, Labels, Env } = inspected.Config
    expect({ User, Entrypoint, Cmd, StopSignal }).toEqual({
      User: '1000:1000',
      Entrypoint: ['signalbox'],
      Cmd: ['hub'],
      StopSignal: 'SIGTERM',
    })
    expect([Object.keys(ExposedPorts), Object.keys(Volumes)]).toEqual([['4000/tcp'], ['/data']])
    expect(Labels).toMatchObject({ 'org.opencontainers.image.title': 'Signalbox', 'org.opencontainers.image.licenses': 'MIT' })
    expect(inspected.Healthcheck.Test).toEqual(['CMD', 'signalbox', 'health'])
    expect(Env.join('\n')).not.toMatch(/KEY/)
    const list = `const { readdirSync } = require('node:fs'); const below = (at) => readdirSync(at, { withFileTypes: true }).flatMap((one) =>
      one.isDirectory() ? below(at + one.name + '/') : [at + one.name]); for (const at of ['opt', 'usr', 'data', 'bin', 'etc', 'root', 'tmp', 'app'])
      try { for (const file of below('/' + at + '/')) console.log(file) } catch {}`
    const files = (await host.podman('run', '--rm', '--network', 'none', '--entrypoint', 'node', image, '-e', list)).split('\n')
    expect(files).toEqual(expect.arrayContaining(['/opt/signalbox/dist/bundle/hub.cjs', '/usr/local/bin/signalbox', '/usr/local/bin/node']))
    const unwanted = /\.tsx?$|\.test\.|\.map$|\/src\/.*\.tsx|\.env|owner\.key|\/npm\/|\.npm|\.cache|\/(?:ba|da)?sh$/
    expect(files.filter((file) => file.startsWith('/opt/') || file.includes('bin/')).filter((file) => unwanted.test(file))).toEqual([])
  })

  it('the hub runs hardened, is asked for its health by the image itself, ends at SIGTERM, and its data outlives the container', async () => {
    const run = (name: string) =>
      host.podman(
        'run',
        '--detach',
        '--name',
        name,
        ...hardened,
        '--volume',
        'data:/data',
        '--publish',
        '127.0.0.1:4000:4000',
        '--env',
        `API_KEYS=${apiKey}`,
        image,
      )
    await run('first')
    const port = await host.reach(4000)
    await until(port, '/health/ready')
    expect(await host.podman('exec', 'first', 'signalbox', 'health')).toBe('The hub at http://127.0.0.1:4000 is ready.')
    await host.podman('healthcheck', 'run', 'first')
    const made = await ask(port, '/machines', {
      method: 'POST',
      key: apiKey,
      body: { machine_id: 'box-1', hostname: 'box', docker_slots: [1] },
    })
    expect(made.status, made.text).toBe(201)
    expect((await ask(port, '/app')).text).toContain('<div id="root">')
    await host.podman('stop', 'first')
    const [{ State }] = JSON.parse(await host.podman('inspect', 'first'))
    expect([State.ExitCode, State.OOMKilled]).toEqual([0, false])
    expect(await host.podman('logs', 'first')).not.toMatch(/"level":"ERROR"/)
    await host.podman('rm', 'first')
    await run('second')
    await until(port, '/health/ready')
    expect(JSON.parse((await ask(port, '/machines', { key: apiKey })).text)).toMatchObject([{ machine_id: 'box-1' }])
    await host.podman('rm', '--force', '--time', '5', 'second')
  })

  it.each(fs.readdirSync(releasedStores))('it opens the volume of version %s, with everything that was in it', async (version) => {
    const unpack = `const { readFileSync, writeFileSync } = require('node:fs'); const { gunzipSync } = require('node:zlib')
      writeFileSync('/data/signalbox.db', gunzipSync(readFileSync('/old/signalbox.db.gz')), { mode: 0o600 })`
    const volume = ['--volume', `of-${version}:/data`]
    const old = ['--volume', `${path.join(releasedStores, version)}:/old:ro`]
    await host.podman('run', '--rm', '--network', 'none', ...volume, ...old, '--entrypoint', 'node', image, '-e', unpack)
    const published = ['--publish', '127.0.0.1:4002:4000', '--env', `API_KEYS=${apiKey}`]
    await host.podman('run', '--detach', '--name', 'upgraded', ...hardened, ...volume, ...published, image)
    const port = await host.reach(4002)
    await until(port, '/health/ready')
    const { counts, totals } = readManifest(path.join(releasedStores, version))
    const all = async (address: string) => JSON.parse((await ask(port, address, { key: apiKey })).text)
    expect(await all('/machines')).toHaveLength(counts.machines ?? 0)
    expect(await all('/sessions')).toHaveLength(counts.sessions ?? 0)
    expect((await all('/api/usage?group=model')).totals).toMatchObject({ calls: totals.calls })
    expect(await host.podman('logs', 'upgraded')).not.toMatch(/"level":"ERROR"/)
    await host.podman('rm', '--force', '--time', '5', 'upgraded')
  })

  it('it refuses to start where other machines reach it and there is no key', async () => {
    const { code, stderr, stdout } = await host.tryPodman('run', '--rm', ...hardened, image)
    expect([code, `${stdout}${stderr}`]).toEqual([
      1,
      expect.stringContaining('HOST is 0.0.0.0, which other machines can reach, and there is no key'),
    ])
  })

  it(
    'compose with SQLite: Caddy with https before a hub, whose first key is made once; events come through at once, and Litestream copies',
    async () => {
      const file = 'deploy/compose/sqlite.yaml'
      await host.compose(file, {}, '--profile', 'litestream', 'up', '--detach')
      const port = await host.reach(443)
      await until(port, '/health/ready', true)
      const key = /sbx_[\w-]{43}/.exec(await host.compose(file, {}, 'logs', 'key'))![0]
      const stream = await follow(port, key)
      const headers = { key, method: 'POST', body: { machine_id: 'box-2', hostname: 'box', docker_slots: [1] } }
      const began = performance.now()
      expect((await ask(port, '/machines', headers, true)).status).toBe(201)
      await expect.poll(() => stream.text(), { interval: 10 }).toContain('box-2')
      console.log(`an event came through Caddy ${Math.round(performance.now() - began)} ms after its request began`)
      stream.close()
      const invite = await ask(port, '/api/invites', { key, method: 'POST', body: {} }, true)
      expect(JSON.parse(invite.text)).toMatchObject({ url: 'https://localhost' })
      const copies = ['exec', 'signalbox_litestream_1', 'litestream', 'ltx', '-config', '/etc/litestream.yml', '/data/signalbox.db']
      await expect.poll(async () => (await host.tryPodman(...copies)).stdout, { timeout: 90_000, interval: 500 }).toMatch(/^0\s+0{15}1 /m)
      // At the next start, as after an update, there is no second key.
      expect(await host.podman('start', '--attach', 'signalbox_key_1')).toContain('There is a key already')
    },
    LIMIT_MS,
  )

  it(
    'compose with MongoDB: two hubs below a path, one is killed under 50 requests a second, and no request fails',
    async () => {
      // It may have the ports.
      await host.tryPodman('rm', '--force', '--time', '1', 'signalbox_proxy_1')
      const files = ['deploy/compose/mongodb.yaml', '-f', standIn(host.folder)]
      const env = { SECRET_KEY: randomBytes(32).toString('hex'), PUBLIC_URL: 'https://localhost/signalbox' }
      const compose = (...words: string[]) => host.compose(files[0]!, env, ...files.slice(1), ...words)
      await compose('up', '--detach')
      const port = await host.reach(443)
      await until(port, '/signalbox/health/ready', true)
      const key = /sbx_[\w-]{43}/.exec(await compose('logs', 'key'))![0]
      const containers = JSON.parse(await host.podman('ps', '--format', 'json')) as { Names: string[]; Pid: number }[]
      const [a, b] = ['hub-a', 'hub-b'].map((name) => containers.find(({ Names }) => Names[0]?.includes(name))!.Names[0]!)
      for (const name of [a!, b!])
        await expect.poll(async () => (await host.tryPodman('exec', name, 'signalbox', 'health')).code, { timeout: 60_000 }).toBe(0)
      const session = { session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21', project_id: 'p', machine_id: 'm' }
      const made = await ask(port, '/signalbox/sessions', { key, method: 'POST', body: session }, true)
      expect(made.status, made.text).toBe(201)
      const { session_id } = JSON.parse(made.text) as { session_id: string }
      // As programs do it: a change whose answer was lost is sent once more.
      const client = new StateTrackingApiClient({ baseUrl: 'https://localhost/signalbox', apiKey: key, fetch: fetchOver(port) })
      const requests: (() => Promise<number>)[] = [
        () => ask(port, '/signalbox/health/ready', {}, true).then(({ status }) => status),
        () => ask(port, '/signalbox/app', {}, true).then(({ status }) => status),
        () => client.updateSessionHeartbeat(session_id).then(() => 200),
        () => client.updateMachineHeartbeat('m').then(() => 200),
      ]
      const outcomes: Promise<number | string>[] = []
      for (let count = 0; count < 400; count++) {
        outcomes.push(requests[count % requests.length]!().catch((error: Error) => `${count % requests.length}: ${error.message}`))
        if (count === 150) outcomes.push(host.podman('kill', '--signal', 'KILL', a!).then(() => 200))
        await sleep(20)
      }
      const counts = new Map<number | string, number>()
      for (const outcome of await Promise.all(outcomes)) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
      expect(Object.fromEntries(counts)).toEqual({ 200: outcomes.length })
    },
    LIMIT_MS,
  )
})

/** The MongoDB of the tests is no `mongod`: it takes other words, has no `mongosh`, and ends when its input does. */
function standIn(folder: string): string {
  const file = path.join(folder, 'stand-in.yaml')
  const mongo = { command: ['/usr/bin/server', '-listen=0.0.0.0:27017'], healthcheck: { disable: true }, stdin_open: true }
  const after = { depends_on: { mongo: { condition: 'service_started' } } }
  fs.writeFileSync(file, JSON.stringify({ services: { mongo, key: after, 'hub-a': after, 'hub-b': after } }))
  return file
}

/** What the client takes for `fetch`. */
function fetchOver(socketPath: string): Fetch {
  return async (input, { method = 'GET', headers, body } = {}) => {
    const sent = Object.fromEntries(new Headers(headers as Record<string, string>))
    const answer = await ask(socketPath, new URL(String(input)).pathname, { method, headers: sent, text: body as string | undefined }, true)
    return new Response(answer.text, { status: answer.status, headers: { 'content-type': 'application/json' } })
  }
}

/** The stream of events over Caddy. */
async function follow(socketPath: string, key: string) {
  const headers = { host: 'localhost', authorization: `Bearer ${key}`, accept: 'text/event-stream' }
  const request = https.get({ socketPath, path: '/events', headers, agent: false, servername: 'localhost', rejectUnauthorized: false })
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => request.on('response', resolve).on('error', reject))
  let text = ''
  response
    .setEncoding('utf8')
    .on('data', (part) => (text += part))
    .on('error', () => {})
  return { text: () => text, close: () => void request.destroy() }
}
