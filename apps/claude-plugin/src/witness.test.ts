import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { filterAlive } from '../../../test/support/process-tree.ts'
import { PluginHome, pluginRoot } from './plugin-process-fixture.ts'
import { type RecordingHub, recordingHub } from './recording-hub-fixture.ts'

/** Stands in for Claude Code: starts the MCP server as its child, passes lines to it, and prints what it answers. */
const CLIENT = `
  const { spawn } = require('node:child_process')
  const server = spawn(process.argv[1], [], { stdio: ['pipe', 'pipe', 'inherit'] })
  console.log('server ' + server.pid)
  server.stdout.on('data', (text) => process.stdout.write(text))
  server.on('close', (code, signal) => console.log('closed ' + (signal ?? code)))
  process.stdin.on('data', (text) => {
    for (const line of String(text).split('\\n')) {
      if (line === 'close') server.stdin.end()
      else if (line.startsWith('signal ')) server.kill(line.slice(7))
      else if (line !== '') server.stdin.write(line + '\\n')
    }
  })
`

interface Answer {
  readonly id: number
  readonly result?: Record<string, unknown>
  readonly error?: { readonly code: number }
}

class Client {
  readonly session_id = randomUUID()
  readonly #home: PluginHome
  readonly #child: ChildProcess
  readonly #lines: string[] = []

  constructor(home: PluginHome, program = path.join(pluginRoot, 'bin/witness')) {
    this.#home = home
    this.#child = spawn(process.execPath, ['-e', CLIENT, program], {
      env: { ...home.env, CLAUDE_CODE_SESSION_ID: this.session_id } as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      createInterface({ input: stream }).on('line', (line) => this.#lines.push(line))
    onTestFinished(async () => {
      await this.kill()
      const server = this.serverPid
      if (server !== undefined && filterAlive([server]).length > 0) process.kill(server, 'SIGKILL')
    })
  }

  get serverPid(): number | undefined {
    const line = this.#lines.find((each) => each.startsWith('server '))
    return line === undefined ? undefined : Number(line.slice(7))
  }

  /** What the server has printed. */
  get printed(): string[] {
    return this.#lines.filter((line) => !/^(server|closed) /.test(line))
  }

  get closed(): string | undefined {
    return this.#lines.find((line) => line.startsWith('closed '))
  }

  send(line: string): void {
    this.#child.stdin!.write(`${line}\n`)
  }

  async request(id: number, method: string, params: object = {}): Promise<Answer> {
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    const find = () => this.printed.map((line) => JSON.parse(line) as Answer).find((each) => each.id === id)
    await expect.poll(find).toBeDefined()
    return find()!
  }

  async initialize(): Promise<void> {
    await this.request(0, 'initialize', { protocolVersion: '2025-11-25', clientInfo: { name: 'claude-code', version: '2.1.332' } })
  }

  hook(hook_event_name: string, more: object = {}) {
    const event = { session_id: this.session_id, cwd: '/home/dev/work', hook_event_name, ...more }
    return this.#home.hook(event, { CLAUDE_PID: String(this.#child.pid) })
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}

const endsOf = (hub: RecordingHub) =>
  hub.distinct.flatMap(({ session_id, source, end }) => (end === undefined ? [] : [{ session_id, source, ...end }]))

it('the death of a client is at the hub within two seconds, as failed', async () => {
  const hub = await recordingHub()
  const client = new Client(new PluginHome(hub.url))
  await client.initialize()
  await client.hook('UserPromptSubmit')
  await expect.poll(() => hub.observations.length).toBeGreaterThan(0)
  const killed = Date.now()
  await client.kill()
  await expect.poll(() => endsOf(hub), { interval: 20 }).toHaveLength(1)
  expect(endsOf(hub)).toEqual([{ session_id: client.session_id, source: 'witness', outcome: 'failed', reason: 'process ended' }])
  const { observation, at } = hub.received.find((one) => one.observation.end !== undefined)!
  expect(at - killed).toBeLessThan(2000)
  expect(observation.project_id).toBe('/home/dev/work')
  // It has nothing more to do.
  await expect.poll(() => filterAlive([client.serverPid!])).toEqual([])
})

it('a session that has ended properly did not fail when its process ends', async () => {
  const hub = await recordingHub()
  const client = new Client(new PluginHome(hub.url))
  await client.initialize()
  await client.hook('SessionStart', { source: 'startup' })
  await Promise.all([client.hook('SessionEnd', { reason: 'other' }), sleep(5)])
  await client.kill()
  await expect.poll(() => filterAlive([client.serverPid!])).toEqual([])
  await expect.poll(() => endsOf(hub)).toMatchObject([{ source: 'hook', outcome: 'completed' }])
})

it.each(['close', 'signal SIGINT', 'signal SIGTERM'])(
  'a server that is stopped with %j says nothing about its living session',
  async (how) => {
    const hub = await recordingHub()
    const home = new PluginHome(hub.url)
    const client = new Client(home)
    await client.initialize()
    await client.hook('SessionStart', { source: 'startup' })
    await expect.poll(() => hub.observations.length).toBeGreaterThan(0)
    client.send(how)
    await expect.poll(() => client.closed).toBeDefined()
    // The hook SessionEnd comes after that, and finds a sender.
    await client.hook('Stop', { background_tasks: [] })
    await expect.poll(() => hub.distinct.map(({ activity }) => activity)).toContain('idle')
    await client.kill()
    await sleep(500)
    expect(endsOf(hub)).toEqual([])
  },
)

it('a server that no hook and no request has used makes no session', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  const client = new Client(home)
  await client.initialize()
  await client.request(1, 'tools/list')
  await sleep(1500)
  await client.kill()
  await expect.poll(() => filterAlive([client.serverPid!])).toEqual([])
  expect(hub.observations).toEqual([])
})

it('a session is alive, with the version of its client, and after /clear it is the next one that is', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  const client = new Client(home)
  await client.initialize()
  await client.hook('SessionStart', { source: 'startup' })
  const alive = () => hub.observations.filter(({ source, alive }) => source === 'witness' && alive)
  await expect.poll(alive).toMatchObject([{ session_id: client.session_id, fields: { version: '2.1.332' } }])
  await client.hook('SessionEnd', { reason: 'clear' })
  const next = randomUUID()
  await client.hook('SessionStart', { source: 'clear', session_id: next })
  await expect.poll(() => hub.distinct.map(({ session_id }) => session_id)).toContain(next)
  await client.kill()
  await expect
    .poll(() => endsOf(hub))
    .toEqual([
      { session_id: client.session_id, source: 'hook', outcome: 'completed', reason: 'clear' },
      { session_id: next, source: 'witness', outcome: 'failed', reason: 'process ended' },
    ])
})

it('a death while the hub is away is reported when it is back', async () => {
  const hub = await recordingHub()
  await hub.stop()
  const client = new Client(new PluginHome(hub.url))
  await client.initialize()
  await client.hook('UserPromptSubmit')
  await sleep(300)
  const killed = Date.now()
  await client.kill()
  await sleep(1500)
  await hub.start()
  await expect.poll(() => endsOf(hub)).toHaveLength(1)
  const { at } = hub.distinct.find(({ end }) => end !== undefined)!
  expect(Math.abs(Date.parse(at) - killed)).toBeLessThan(1500)
  expect(hub.distinct.map(({ source }) => source)).toEqual(['hook', 'witness'])
})

it('when one of several sessions dies, another of its witnesses goes on delivering', async () => {
  const hub = await recordingHub()
  const home = new PluginHome(hub.url)
  const clients = [new Client(home), new Client(home), new Client(home)]
  for (const client of clients) await client.initialize()
  await expect.poll(() => home.sender()).toBeGreaterThan(0)
  const first = clients.find(({ serverPid }) => serverPid === home.sender())!
  process.kill(first.serverPid!, 'SIGKILL')
  const others = clients.filter((client) => client !== first)
  await expect.poll(() => others.some(({ serverPid }) => serverPid === home.sender())).toBe(true)
  for (const client of others) await client.hook('UserPromptSubmit')
  await expect.poll(() => hub.distinct.filter(({ source }) => source === 'hook')).toHaveLength(2)
  for (const client of others) await client.kill()
  await expect
    .poll(() =>
      endsOf(hub)
        .map(({ session_id }) => session_id)
        .sort(),
    )
    .toEqual(others.map(({ session_id }) => session_id).sort())
})

it('the protocol: known versions are accepted, unknown methods refused, broken lines ignored', async () => {
  const client = new Client(new PluginHome('http://127.0.0.1:9'))
  expect((await client.request(1, 'server/discover')).error?.code).toBe(-32601)
  expect((await client.request(2, 'initialize', { protocolVersion: '2025-06-18' })).result?.protocolVersion).toBe('2025-06-18')
  expect((await client.request(3, 'initialize', { protocolVersion: '1999-01-01' })).result?.protocolVersion).toBe('2025-11-25')
  client.send('{"jsonrpc": "2.0", "id": 4')
  client.send('null')
  client.send('[]')
  client.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }))
  expect((await client.request(5, 'ping')).result).toEqual({})
  const { tools } = (await client.request(6, 'tools/list')).result as { tools: { name: string; inputSchema: { type: string } }[] }
  expect(tools.map(({ name }) => name)).toContain('hub_health')
  expect(tools.length).toBeLessThanOrEqual(15)
  expect(tools.map(({ inputSchema }) => inputSchema.type)).toEqual(tools.map(() => 'object'))
  const call = await client.request(7, 'tools/call', { name: 'hub_health', arguments: {} })
  expect(call.result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('No connection') }] })
  expect((await client.request(8, 'tools/call', { name: 'nothing' })).error?.code).toBe(-32603)
  expect(client.printed).toHaveLength(7)
})

it('where there is no Node, the server answers that it offers nothing, and prints nothing else', async () => {
  const home = new PluginHome('http://127.0.0.1:9')
  const bin = path.join(home.folder, 'bin')
  fs.mkdirSync(bin)
  fs.symlinkSync(fs.realpathSync('/bin/sh'), path.join(bin, 'sh'))
  home.env.PATH = bin
  const client = new Client(home)
  const answer = await client.request(1, 'initialize', { protocolVersion: '2025-11-25', clientInfo: { name: 'claude-code' } })
  expect(answer.result).toMatchObject({ protocolVersion: '2025-11-25', capabilities: {} })
  client.send(JSON.stringify({ method: 'notifications/initialized', jsonrpc: '2.0' }))
  expect((await client.request(2, 'ping')).result).toEqual({})
  expect((await client.request(3, 'tools/list')).error?.code).toBe(-32601)
  await client.kill()
  await expect.poll(() => filterAlive([client.serverPid!])).toEqual([])
})
