import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, expect, test, vi } from 'vitest'
import { runCommand } from '../../apps/cli/src/cli.suite.ts'
import { someCall } from '../../apps/hub/test/call.ts'
import { startNode } from '../support/child.ts'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../support/mongo.ts'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'
import { type HubProcess, startHubProcess } from './hub-process.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
// FerretDB reads whole collections for most queries.
vi.setConfig({ testTimeout: 180_000 })

const paths = [
  '/sessions',
  '/tasks',
  '/machines',
  '/machines/available',
  '/api/keys',
  '/events?format=json&limit=1000&after=0',
  ...['day', 'session', 'project', 'model', 'machine', 'block'].map((group) => `/api/usage?group=${group}&timezone=Europe/Berlin`),
]

/** Reads every path from a hub, without the time of each answer. */
async function readAll({ ask }: HubProcess): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {}
  for (const at of paths) {
    const { status, body } = await ask('GET', at)
    expect(status, at).toBe(200)
    const { generated_at: _, ...rest } = Array.isArray(body) ? { rows: body } : body
    all[at] = rest
  }
  return all
}

/** Alerts are judged while the hub runs: they would add events between two reads. */
const quiet = { ALERTS: 'false' }

test('a hub moves from its folder to a MongoDB, and browsers stay signed in', async () => {
  const folder = tempFolder()
  const data = path.join(folder, 'data')
  const uri = await freshDatabase()
  const old = await startHubProcess({ ...quiet, DATA_DIR: data })
  const ok = async <T>(method: string, at: string, body?: object): Promise<T> => {
    const answer = await old.ask<T>(method, at, body)
    expect(answer.status, `${method} ${at}`).toBeLessThan(300)
    return answer.body
  }
  await ok('POST', '/machines', { machine_id: 'box', hostname: 'box', docker_slots: [1, 2, 3] })
  const sessionIds: string[] = []
  for (const docker_slot of [1, 2]) {
    const { session_id } = await ok<{ session_id: string }>('POST', '/sessions', { project_id: 'p', machine_id: 'box', docker_slot })
    await ok('POST', '/tasks', { session_id, task_name: 'a task' })
    sessionIds.push(session_id)
  }
  await ok('POST', `/sessions/${sessionIds[0]}/mark-failed`, { reason: 'r' })
  const hour = (n: number) => new Date(Date.parse('2026-10-01T00:00:00.000Z') + n * 3_600_000).toISOString()
  const calls = Array.from({ length: 2_000 }, (_, n) => someCall({ at: hour(n % 40), session_id: `s${n % 9}` }))
  for (const [n, machine_id] of ['a', 'b'].entries()) {
    await ok('POST', '/api/usage/calls', { machine_id, calls: calls.slice(n * 1000, n * 1000 + 1000) })
  }
  const { key } = await ok<{ key: string }>('POST', '/api/keys', { name: 'me', scopes: ['read', 'admin'] })
  const login = await fetch(`${old.url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  })
  const cookie = login.headers.get('set-cookie')!.split(';')[0]!

  // The first copy runs beside the hub and is killed half-way; the second copies the rest.
  const copying = startNode([path.join(repositoryRoot, 'apps/hub/src/copy.ts')], { env: { DATA_DIR: data, MONGODB_URI: uri } })
  await delay(1_200)
  await copying.stop('SIGKILL')
  await ok('POST', `/sessions/${sessionIds[1]}/heartbeat`, { activity: 'waiting', waiting_for: 'input' })
  await old.child.stop('SIGTERM')
  const second = await runCommand(folder, ['store', 'copy', '--to', uri, '--yes', '--json'])
  expect([second.code, second.stderr]).toEqual([0, ''])

  const before = await startHubProcess({ ...quiet, DATA_DIR: data })
  const wanted = await readAll(before)
  await before.child.stop('SIGTERM')
  const hub = await startHubProcess({ ...quiet, DATA_DIR: tempFolder(), MONGODB_URI: uri })
  expect(await readAll(hub)).toEqual(wanted)
  const account = (await (await fetch(`${hub.url}/api/whoami`, { headers: { cookie } })).json()) as object
  expect(account).toMatchObject({ authenticated: true, by: 'cookie', name: 'me' })

  // Back into a new folder, with what changed meanwhile: a key was used.
  const moved = await readAll(hub)
  await hub.child.stop('SIGTERM')
  const back = await runCommand(folder, ['store', 'copy', '--from', uri, '--to', path.join(folder, 'back')])
  expect([back.code, back.stderr]).toEqual([0, ''])
  expect(await readAll(await startHubProcess({ ...quiet, DATA_DIR: path.join(folder, 'back') }))).toEqual(moved)
})
