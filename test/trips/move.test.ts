import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, expect, test, vi } from 'vitest'
import { signalbox } from '../../apps/cli/src/cli.suite.ts'
import { someCall } from '../../apps/hub/test/call.ts'
import { startNode } from '../support/child.ts'
import { house } from '../support/house.ts'
import { freshDatabase, MONGO_PATIENCE_MS, mongoForTests } from '../support/mongo.ts'
import { tempFolder } from '../support/temp.ts'
import { type HubProcess, startHubProcess } from './hub-process.ts'

beforeAll(mongoForTests, MONGO_PATIENCE_MS)
// FerretDB reads whole collections for most questions.
vi.setConfig({ testTimeout: 180_000 })

const questions = [
  '/sessions',
  '/tasks',
  '/machines',
  '/machines/available',
  '/api/keys',
  '/events?format=json&limit=1000&after=0',
  ...['day', 'session', 'project', 'model', 'machine', 'block'].map((group) => `/api/usage?group=${group}&timezone=Europe/Berlin`),
]

/** What a hub answers, without what it says about itself. */
async function answers({ ask }: HubProcess): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {}
  for (const question of questions) {
    const { status, body } = await ask('GET', question)
    expect(status, question).toBe(200)
    const { generated_at: _, ...rest } = Array.isArray(body) ? { rows: body } : body
    all[question] = rest
  }
  return all
}

test('a hub moves from its folder to a MongoDB, and whoever was signed in still is', async () => {
  const folder = tempFolder()
  const data = path.join(folder, 'data')
  const uri = await freshDatabase()
  const old = await startHubProcess({ DATA_DIR: data })
  const ok = async <T>(method: string, at: string, body?: object): Promise<T> => {
    const answer = await old.ask<T>(method, at, body)
    expect(answer.status, `${method} ${at}`).toBeLessThan(300)
    return answer.body
  }
  await ok('POST', '/machines', { machine_id: 'box', hostname: 'box', docker_slots: [1, 2, 3] })
  const made: string[] = []
  for (const docker_slot of [1, 2]) {
    const { session_id } = await ok<{ session_id: string }>('POST', '/sessions', { project_id: 'p', machine_id: 'box', docker_slot })
    await ok('POST', '/tasks', { session_id, task_name: 'a task' })
    made.push(session_id)
  }
  await ok('POST', `/sessions/${made[0]}/mark-failed`, { reason: 'r' })
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

  // While it runs, and killed on the way; then the rest.
  const copying = startNode([path.join(house, 'apps/hub/src/copy.ts')], { env: { DATA_DIR: data, MONGODB_URI: uri } })
  await delay(1_200)
  await copying.stop('SIGKILL')
  await ok('POST', `/sessions/${made[1]}/heartbeat`, { activity: 'waiting', waiting_for: 'input' })
  await old.child.stop('SIGTERM')
  const again = await signalbox(folder, ['store', 'copy', '--to', uri, '--yes', '--json'])
  expect([again.code, again.stderr]).toEqual([0, ''])

  const was = await startHubProcess({ DATA_DIR: data })
  const wanted = await answers(was)
  await was.child.stop('SIGTERM')
  const hub = await startHubProcess({ DATA_DIR: tempFolder(), MONGODB_URI: uri })
  expect(await answers(hub)).toEqual(wanted)
  const who = (await (await fetch(`${hub.url}/api/whoami`, { headers: { cookie } })).json()) as object
  expect(who).toMatchObject({ authenticated: true, by: 'cookie', name: 'me' })

  // And back, into a new folder, with what happened meanwhile: a key was used.
  const moved = await answers(hub)
  await hub.child.stop('SIGTERM')
  const back = await signalbox(folder, ['store', 'copy', '--from', uri, '--to', path.join(folder, 'back')])
  expect([back.code, back.stderr]).toEqual([0, ''])
  expect(await answers(await startHubProcess({ DATA_DIR: path.join(folder, 'back') }))).toEqual(moved)
})
