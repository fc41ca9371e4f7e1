import path from 'node:path'
import { StateTrackingApiClient } from '@signalbox/client'
import { expect, onTestFinished, test } from 'vitest'
import { startNode } from '../support/child.ts'
import { importsOf } from '../support/imports.ts'
import { filesOf, repositoryRoot, textOf } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'
import { KEY, listeningHub, startHub } from './hub.ts'

const main = path.join(repositoryRoot, 'examples/orchestrator/main.ts')

function startExample(url: string, ...args: string[]) {
  const child = startNode([main, '--fast', ...args], { cwd: repositoryRoot, env: { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: KEY } })
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  return child
}

test('the example completes all its work although a worker breaks down and the hub is stopped, killed and restarted', async () => {
  const folder = tempFolder()
  let hub = await startHub(folder)
  const { port } = new URL(hub.url)
  const example = startExample(hub.url)
  await example.line(/^worker-1 is done: read the issue/)
  await hub.child.stop('SIGTERM')
  hub = await startHub(folder, port)
  await example.line(/^worker-2 is replaced in slot 2/)
  await hub.child.stop('SIGKILL')
  hub = await startHub(folder, port)
  const { code, stdout, stderr } = await example.finished
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' })
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('3 of 3 sessions completed, 15 of 15 tasks done, 1 recovered, 0 slots held')
  expect(stdout.match(/^the hub is unreachable$/gm)?.length).toBeGreaterThanOrEqual(2)

  const client = new StateTrackingApiClient({ baseUrl: hub.url, apiKey: KEY })
  const sessions = await client.listSessions({ project_id: 'orchestrator-example' })
  expect(sessions.map(({ status, docker_slot }) => [status, docker_slot])).toEqual(
    Array.from({ length: 3 }, () => ['completed', undefined]),
  )
  expect(new Set(sessions.map(({ metadata }) => metadata.worker))).toEqual(new Set(['worker-1', 'worker-2', 'worker-3']))
  expect(await client.findAvailableMachines()).toMatchObject([{ total_slots: 3, available_slots: 3, active_sessions: [] }])
  const tasks = await client.listTasks({ limit: 100 })
  expect(tasks.map(({ status }) => status)).toEqual(Array.from({ length: 15 }, () => 'completed'))
  // Nothing was done twice: the log has each event once, and one more start for the task that failed.
  const events = await client.listEvents({ after: 0, limit: 1000 })
  const count = (event: string, status?: string) =>
    events.filter((one) => one.event === event && (status === undefined || one.data.status === status)).length
  expect({
    created: [count('session.created'), count('task.created')],
    started: count('task.status', 'in_progress'),
    completed: [count('task.status', 'completed'), count('session.status', 'completed')],
    failed: [count('task.status', 'failed'), count('session.status', 'failed')],
  }).toEqual({ created: [3, 15], started: 16, completed: [15, 3], failed: [1, 1] })

  const second = await startExample(hub.url).finished
  expect([second.code, second.stdout.trimEnd().split('\n').at(-1)], 'a second run on the same machine').toEqual([
    0,
    '3 of 3 sessions completed, 15 of 15 tasks done, 1 recovered, 0 slots held',
  ])
})

test('the example imports the client, what finds the hub, and nothing else of this repository', () => {
  const files = filesOf('examples', (file) => file.endsWith('.ts'))
  const imported = files.flatMap((file) => importsOf(textOf(file))).map(({ from }) => from)
  expect(imported.length).toBeGreaterThan(3)
  expect(imported.filter((from) => !/^(node:|\.\/|@signalbox\/(client|hub-address\/find-hub)$)/.test(from))).toEqual([])
})

test('the example reports why when it cannot run', async () => {
  const { url } = await listeningHub()
  const refused = await startExample(url, '--api-key', 'wrong').finished
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('Invalid API key')
  const unknown = await startExample(url, '--slow').finished
  expect(unknown).toMatchObject({ code: 1, stdout: '' })
  expect(unknown.stderr).toContain('--url URL')
})
