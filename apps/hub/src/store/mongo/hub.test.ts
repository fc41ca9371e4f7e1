import path from 'node:path'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { type Child, startNode } from '../../../../../test/support/child.ts'
import { MONGO_START_TIMEOUT_MS, type MongoServer, mongoForTests, startMongo } from '../../../../../test/support/mongo.ts'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { someCall } from '../../../test/call.ts'

// Builds the server if necessary; this test kills one of its own.
beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const source = path.join(import.meta.dirname, '../..')

function start(env: Record<string, string | undefined>, ...words: string[]): Child {
  const child = startNode(words, {
    ipc: true,
    env: { PORT: '0', HOST: undefined, NODE_ENV: undefined, API_KEYS: undefined, CLAUDE_SYNC_API_KEY: undefined, ...env },
  })
  onTestFinished(async () => {
    await child.stop('SIGKILL')
  })
  return child
}

/** An outage is noticed sooner than by default. */
const uriOf = ({ uri }: MongoServer) => `${uri}?serverSelectionTimeoutMS=500&heartbeatFrequencyMS=500`

async function startHub(server: MongoServer): Promise<string> {
  const child = start({ MONGODB_URI: uriOf(server), DATA_DIR: tempFolder() }, path.join(source, 'main.ts'))
  return child.message((message) =>
    typeof message === 'object' && message !== null && 'listening' in message ? String(message.listening) : undefined,
  )
}

it('two hubs share a database, and both survive a crash of its server', { timeout: 90_000 }, async () => {
  const data = tempFolder()
  const server = await startMongo({ data })
  onTestFinished(() => server.stop())
  const made = await start(
    { MONGODB_URI: server.uri, DATA_DIR: tempFolder() },
    path.join(source, 'keys.ts'),
    'create',
    'test',
    '--scopes',
    'read,ingest',
  ).finished
  const headers = { authorization: `Bearer ${made.stdout.trim()}`, 'content-type': 'application/json' }
  const hubs = await Promise.all([startHub(server), startHub(server)])
  const send = (hub: number) =>
    fetch(`${hubs[hub]}/api/usage/calls`, { method: 'POST', headers, body: JSON.stringify({ machine_id: 'a', calls: [someCall()] }) })
  const calls = async (hub: number) => {
    const { totals } = (await (await fetch(`${hubs[hub]}/api/usage`, { headers })).json()) as { totals: { calls: number } }
    return totals.calls
  }

  const stream = await fetch(`${hubs[1]}/events`, { headers })
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await send(0)).status).toBe(200)
  let received = ''
  while (!received.includes('event: usage.updated')) received += (await reader.read()).value
  await reader.cancel()
  expect(await calls(1)).toBe(1)

  server.signal('SIGKILL')
  for (const [n, hub] of hubs.entries()) {
    const refused = await send(n)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await fetch(`${hub}/health`)).status).toBe(503)
  }
  // Health checks do not wait for the driver's timeout.
  const took: number[] = []
  for (let n = 0; n < 9; n++) {
    const began = performance.now()
    const answer = await fetch(`${hubs[n % 2]}/api/health`)
    took.push(performance.now() - began)
    expect([answer.status, ((await answer.json()) as { storage: unknown }).storage]).toEqual([
      503,
      { accessible: false, writable: false, versionCount: 0 },
    ])
  }
  expect(took.sort((a, b) => a - b)[4]).toBeLessThan(100)
  const again = await startMongo({ data, port: server.port })
  onTestFinished(() => again.stop())
  for (const hub of hubs) await expect.poll(async () => (await fetch(`${hub}/health`)).status, { timeout: 20_000 }).toBe(200)
  expect((await send(1)).status).toBe(200)
  expect(await calls(0)).toBe(2)
})

it('a hub without its database does not start, and reports the reason in one line', async () => {
  const env = { MONGODB_URI: 'mongodb://me:secret@127.0.0.1:9/?serverSelectionTimeoutMS=500', DATA_DIR: tempFolder() }
  for (const program of ['main.ts', 'keys.ts']) {
    const { code, stderr } = await start(env, path.join(source, program), ...(program === 'keys.ts' ? ['list'] : [])).finished
    expect([code, stderr.trim()]).toEqual([
      1,
      expect.stringMatching(
        /^signalbox (hub|keys): The hub database cannot be reached\. Check that the server of MONGODB_URI runs [^\n]*$/,
      ),
    ])
    expect(stderr).not.toContain('secret')
  }
})
