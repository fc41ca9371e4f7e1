import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { masterKey } from '../../apps/hub/test/open-hub.ts'
import { stageClient } from '../../scripts/pack/client.mjs'
import { packTarball } from '../../scripts/pack/tarball.mjs'
import { run } from '../support/child.ts'
import { repositoryRoot, textOf } from '../support/repository.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { listeningHub } from './hub.ts'

// The built client as other projects use it: outside this repository, without its modules.

const folder = makeTempFolder()
afterAll(() => removeFolder(folder))
beforeAll(async () => {
  const built = await run(process.execPath, [path.join(repositoryRoot, 'scripts/build-client.mjs')], { cwd: repositoryRoot })
  expect(built).toMatchObject({ code: 0 })
  fs.cpSync(path.join(repositoryRoot, 'dist/client'), path.join(folder, 'client'), { recursive: true })
  // The tarball that is published, unpacked as npm does.
  const tarball = await packTarball(stageClient, folder)
  const installed = path.join(folder, 'node_modules/@signalbox/client')
  fs.mkdirSync(installed, { recursive: true })
  expect(await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])).toMatchObject({ code: 0 })
  const manifest = JSON.parse(fs.readFileSync(path.join(installed, 'package.json'), 'utf8')) as Record<string, unknown>
  expect(manifest).toMatchObject({ name: '@signalbox/client', license: 'MIT', publishConfig: { access: 'public', provenance: true } })
  for (const field of ['dependencies', 'scripts', 'private']) expect(manifest[field], field).toBeUndefined()
})

/** Removes what the language and Node gained after version 20. */
const newerFeatures = `
for (const [owner, names] of [
  [Promise, ['withResolvers', 'try']], [Array, ['fromAsync']], [Object, ['groupBy']], [Map, ['groupBy']], [URL, ['parse']],
  [RegExp, ['escape']], [Error, ['isError']], [Math, ['f16round', 'sumPrecise']], [Uint8Array, ['fromHex', 'fromBase64']],
  [Set.prototype, ['union', 'intersection', 'difference', 'isSubsetOf']], [Uint8Array.prototype, ['toHex', 'toBase64']],
  [globalThis, ['Iterator', 'Float16Array', 'WebSocket', 'navigator', 'EventSource', 'DisposableStack', 'CloseEvent']],
]) for (const name of names) delete owner[name]
const iterator = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))
for (const name of ['map', 'filter', 'take', 'drop', 'flatMap', 'toArray', 'forEach', 'some', 'every', 'find', 'reduce']) delete iterator[name]
`

const program = `
module.exports = async ({ StateTrackingApiClient, NotFoundError, ApiClientError }, baseUrl, apiKey) => {
  const client = new StateTrackingApiClient({ baseUrl, apiKey })
  const stopping = new AbortController()
  const types = []
  const following = (async () => {
    for await (const { event } of client.events({ after: 0, signal: stopping.signal })) {
      if (event !== 'session.heartbeat') types.push(event)
      if (event === 'session.status') break
    }
  })()
  const result = await client.trackSession({ project_id: 'p', machine_id: 'm' }, (session) => session.task('one', () => 'done'))
  await following
  const error = await client.getSession('none').catch((problem) => problem)
  if (!(error instanceof NotFoundError && error instanceof ApiClientError)) throw error
  await client.ingestCalls('m', Array.from({ length: 50 }, (_, at) => ({ key: 'k' + at, at: '2026-11-01T10:00:00.000Z', model: 'claude-opus-5-5', is_sidechain: false, input: 1, output: 1, write_5m: 0, write_1h: 0, read: 0 })))
  console.log(result, types.join(' '))
}
`

const expectedOutput =
  'done machine.created session.created task.created task.status session.updated task.status session.updated session.status\n'

test.each([
  ['imported', 'file', 'main.mjs', "import * as client from './client/state-tracking-client.js'"],
  ['required', 'file', 'main.cjs', "const client = require('./client/state-tracking-client.cjs')"],
  ['required', 'folder', 'main.cjs', "const client = require('./client')"],
  ['imported', 'package', 'main.mjs', "import * as client from '@signalbox/client'"],
  ['required', 'package', 'main.cjs', "const client = require('@signalbox/client/state-tracking-client')"],
])('is %s as a %s, needs no other package, and runs on Node 20', async (_how, _what, main, load) => {
  const { url } = await listeningHub()
  fs.writeFileSync(path.join(folder, 'newer.cjs'), newerFeatures)
  fs.writeFileSync(path.join(folder, 'program.cjs'), program)
  const loadProgram = main.endsWith('.mjs') ? "import run from './program.cjs'" : "const run = require('./program.cjs')"
  fs.writeFileSync(path.join(folder, main), `${load}\n${loadProgram}\nrun(client, ${JSON.stringify(url)}, ${JSON.stringify(masterKey)})\n`)
  const finished = await run(process.execPath, ['--require', './newer.cjs', main], { cwd: folder, env: { NODE_OPTIONS: undefined } })
  expect(finished).toMatchObject({ code: 0, stderr: '', stdout: expectedOutput })
})

/** Compiles with the strictest options and with no types but the language's own. */
async function compile(file: string, module: string, moduleResolution: string) {
  const flags = ['--strict', '--exactOptionalPropertyTypes', '--noEmit', '--skipLibCheck', 'false', '--target', 'es2022']
  const lib = ['--lib', 'es2022,dom,dom.iterable,dom.asynciterable', '--types', '', '--module', module]
  const tsc = path.join(repositoryRoot, 'node_modules/typescript/bin/tsc')
  const { code, stdout } = await run(process.execPath, [tsc, ...flags, ...lib, '--moduleResolution', moduleResolution, file], {
    cwd: folder,
  })
  return { code, stdout }
}

describe('its types', () => {
  const consumer = (load: string) => `
${load}
const options: ClientOptions = { baseUrl: 'http://127.0.0.1:4000', retry: { attempts: 5 } }
const client = new StateTrackingApiClient(options)
export async function go(signal: AbortSignal): Promise<string | undefined> {
  const session: Session = await client.createSession({ project_id: 'p', machine_id: 'm', metadata: { any: [1] } }, { signal })
  const status: 'active' | 'paused' | 'stalled' | 'completed' | 'failed' | 'archived' = session.status
  // @ts-expect-error: there is no such status
  await client.listSessions({ status: 'asleep' })
  // @ts-expect-error: a machine is needed
  await client.createSession({ project_id: 'p' })
  // @ts-expect-error: it is a number, not any
  const wrong: string = session.revision
  const page = await client.listSessions({ status: ['active', status], limit: 5 }, { onTotal: (total) => total.toFixed() })
  const { tasks } = await client.getSessionTaskProgress(page[0]!.session_id)
  const length: number = await client.trackSession({ project_id: 'p', machine_id: 'm' }, (tracked) =>
    tracked.task('t', (task) => task.task_name.length + wrong.length),
  )
  const heartbeat = client.heartbeat(session.session_id, { onEnd: ({ reason }) => reason === 'ended', body: { activity: 'waiting', waiting_for: 'input' } })
  heartbeat.stop()
  for await (const event of client.events({ types: ['session.status'], signal })) if (event.id === length) break
  const report = await client.getUsage({ group: 'day' })
  const cost: number | null | undefined = report.rows[0]?.cost_usd
  try {
    await client.recoverSession(session.session_id, { new_docker_slot: cost ?? 1 })
  } catch (error) {
    if (error instanceof ConflictError) return error.requestId
  }
  return tasks.failed[0]?.error_message
}
`
  const names = '{ type ClientOptions, ConflictError, type Session, StateTrackingApiClient }'
  test.each([
    ['nodenext', 'nodenext', 'consumer.mts', `import ${names} from '@signalbox/client'`],
    ['nodenext', 'nodenext', 'consumer.cts', `import ${names} from '@signalbox/client'`],
    ['nodenext', 'nodenext', 'beside.mts', `import ${names} from './client/state-tracking-client.js'`],
    ['bundler', 'esnext', 'consumer.ts', `import ${names} from '@signalbox/client/state-tracking-client'`],
    ['bundler', 'esnext', 'beside.ts', `import ${names} from './client/state-tracking-client'`],
  ])('compile on their own under moduleResolution %s', async (moduleResolution, module, file, load) => {
    fs.writeFileSync(path.join(folder, file), consumer(load))
    expect(await compile(file, module, moduleResolution)).toEqual({ code: 0, stdout: '' })
  })

  test('compile the code that docs/client.md shows', async () => {
    const blocks = [...textOf('docs/client.md').matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, block = '']) => block)
    expect(blocks.length).toBeGreaterThan(5)
    fs.writeFileSync(path.join(folder, 'shown.mts'), blocks.join('\n'))
    expect(await compile('shown.mts', 'nodenext', 'nodenext')).toEqual({ code: 0, stdout: '' })
  })

  test('import nothing from outside the built folder', () => {
    const files = fs.readdirSync(path.join(folder, 'client'), { recursive: true, encoding: 'utf8' })
    const texts = files
      .filter((file) => /\.(d\.c?ts|js|cjs|json)$/.test(file))
      .map((file) => fs.readFileSync(path.join(folder, 'client', file), 'utf8'))
    expect(texts.length).toBeGreaterThan(20)
    expect(
      texts.filter((text) => /['"](zod|cockatiel|node:[\w/]+)['"]|from ['"]@signalbox/.test(text) || text.includes(repositoryRoot)),
    ).toEqual([])
  })
})

test('docs/client.md names exactly the methods of the client', () => {
  const parts = ['session', 'task', 'machine'].flatMap((noun) => [`${noun}-reads`, `${noun}-writes`])
  const declared = [
    'client',
    'state-tracking-client',
    'hub-calls',
    'alert-calls',
    'question-calls',
    'budget-calls',
    'view-calls',
    'ingest-calls',
    ...parts,
  ].map((file) => fs.readFileSync(path.join(folder, `client/types/import/${file}.d.ts`), 'utf8'))
  const methods = declared.flatMap((text) => [...text.matchAll(/^ {4}(\w+)(?:<T>)?\(/gm)].map(([, name = '']) => name))
  const [, table = ''] = /^## Methods\n([\s\S]*)/m.exec(textOf('docs/client.md')) ?? []
  const named = [...table.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
  expect(named.sort()).toEqual(methods.filter((name) => name !== 'constructor').sort())
})

test('examples/vscode-extension follows the sessions of a hub with the built folder', async () => {
  const { url } = await listeningHub()
  const require = createRequire(import.meta.url)
  const { StateTrackingApiClient } = require(path.join(folder, 'client')) as typeof import('@signalbox/client')
  const { followSessions } = require(path.join(repositoryRoot, 'examples/vscode-extension/fleet.cjs'))
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey: masterKey })
  const stopping = new AbortController()
  let state: { running: number; failed: string[] } | undefined
  const following = followSessions(client, { signal: stopping.signal, onChange: (next: typeof state) => (state = next) })
  await vi.waitFor(() => expect(state).toEqual({ running: 0, failed: [] }), { timeout: 60_000 })
  const { session_id } = await client.createSession({ project_id: 'p', machine_id: 'm' })
  await vi.waitFor(() => expect(state?.running).toBe(1), { timeout: 60_000 })
  await client.markSessionFailed(session_id, { reason: 'it broke' })
  await vi.waitFor(() => expect(state).toEqual({ running: 0, failed: [session_id] }), { timeout: 60_000 })
  stopping.abort()
  await following
})
