import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { signalbox } from '../cli.suite.ts'
import { type HubFixture, linesOf, openHubFixture, shareHubFixture } from '../hub.suite.ts'
import { widthOf } from '../width.ts'

async function fillTasks(state: HubFixture) {
  const { client } = state
  const { session_id: session } = await client.createSession({ project_id: 'signalbox', machine_id: 'm' })
  const { session_id: other } = await client.createSession({ project_id: 'other', machine_id: 'm' })
  const { task_id: first } = await client.createTask({
    session_id: session,
    task_name: 'Write \u001b[31mthe tests',
    github_issue_id: '#12',
  })
  const { task_id: second } = await client.createTask({ session_id: session, task_name: '試験を書く'.repeat(80) })
  const { task_id: third } = await client.createTask({ session_id: other, task_name: 'Review' })
  await client.failTask(second, { error_message: 'three\ntests fail' })
  return { ...state, session, other, first, second, third }
}

const tasks = shareHubFixture(fillTasks)

test('list: --json prints the answer of the hub', async () => {
  const { client, json, session } = tasks()
  expect(await json(['tasks', 'list'])).toEqual(await client.listTasks())
  expect(await json(['tasks', 'list', '--session', session.slice(0, 8), '--status', 'failed,blocked'])).toEqual(
    await client.listTasks({ session_id: session, status: ['failed', 'blocked'] }),
  )
  expect(await json(['task', 'list', '--project', 'other', '--all'])).toEqual(await client.listTasks({ project_id: 'other' }))
})

test('list: the table fits every terminal, and control characters are escaped', async () => {
  const { run, session } = tasks()
  for (const COLUMNS of ['60', '80', '140']) {
    for (const [words, rows] of [
      [[], 3],
      [['--session', session], 2],
    ] as const) {
      const { stdout } = await run(['tasks', 'list', ...words], { COLUMNS })
      for (const line of stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(Number(COLUMNS))
      expect(stdout).not.toContain('\u001b')
      expect(linesOf(stdout)).toHaveLength(rows)
    }
  }
  const { stdout } = await run(['tasks', 'list', '--limit', '1'], { COLUMNS: '200' })
  expect(stdout).toContain('1 of 3 tasks; 2 more: --all')
})

test('show: a task', async () => {
  const { client, json, run, second } = tasks()
  expect(await json(['tasks', 'show', second.slice(0, 8)])).toEqual(await client.getTask(second))
  expect((await run(['tasks', 'show', second])).stdout).toMatch(/Status +failed\n[\s\S]*Error +three tests fail\n/)
  expect(await run(['tasks', 'show', '00000000'])).toMatchObject({ code: 1, stderr: expect.stringContaining('no task id starts with') })
})

test('a task is added, started, blocked, failed and completed', async () => {
  const { client, json, run, session } = await fillTasks(await openHubFixture())
  const added = await json<{ task_id: string }>(['tasks', 'add', 'Say what it does', '--session', session.slice(0, 8), '--issue', '7'])
  const id = added.task_id
  expect(added).toMatchObject({ task_name: 'Say what it does', session_id: session, github_issue_id: '7', status: 'pending' })
  expect((await run(['tasks', 'start', id.slice(0, 8)])).stdout).toBe(`${id.slice(0, 8)} is in progress: Say what it does\n`)
  expect(await client.getSession(session)).toMatchObject({ current_task_id: id })
  expect(await json(['tasks', 'block', id, '--reason', 'a review'])).toMatchObject({ status: 'blocked', error_message: 'a review' })
  expect(await json(['tasks', 'fail', id, '--reason', 'no'])).toMatchObject({ status: 'failed', error_message: 'no' })
  await client.updateTask(id, { status: 'pending' })
  const { stdout, stderr } = await run(['tasks', 'add', 'Review', '--session', session])
  // The id alone, for $(…).
  expect(await client.getTask(stdout.trimEnd())).toMatchObject({ task_name: 'Review', session_id: session })
  expect(stderr).toBe(`${stdout.slice(0, 8)} is pending: Review\n`)
  expect(await json(['tasks', 'complete', id])).toMatchObject({ status: 'completed' })
  expect(await run(['tasks', 'start', id])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('completed cannot become in_progress'),
  })
})

test('an empty list suggests the next command; also in a process of its own', async () => {
  const { run, env } = await openHubFixture()
  expect((await signalbox(tempFolder(), ['tasks', 'list'], env)).stdout).toContain('signalbox tasks add')
  expect((await run(['tasks', 'list', '--status', 'blocked'])).stdout).toContain('No tasks match --status blocked.')
})
