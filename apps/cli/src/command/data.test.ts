import { expect, test } from 'vitest'
import { openHubFixture } from '../hub.suite.ts'

test('data of a project is counted, deleted after a question, and stays deleted', async () => {
  const { client, json, run } = await openHubFixture()
  const call = {
    at: '2026-10-06T09:00:00.000Z',
    model: 'claude-opus-5-5',
    is_sidechain: false,
    input: 1,
    output: 1,
    write_5m: 0,
    write_1h: 0,
    read: 0,
  }
  const calls = [
    { ...call, key: 'msg_a', cwd: '/old' },
    { ...call, key: 'msg_b', cwd: '/kept' },
  ]
  await client.ingestCalls('box', calls)
  expect(await json(['data', 'delete', '--project', '/old', '--dry-run'])).toMatchObject({ calls: 1, sessions: 0, dry_run: true })
  expect(await run(['data', 'delete', '--project', '/old', '--dry-run'])).toMatchObject({
    code: 0,
    stdout: 'the project /old has 1 call, 0 snapshots, 0 sessions, 0 tasks and 0 collectors. Nothing was deleted.\n',
  })
  expect(await run(['data', 'delete', '--project', '/old'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
  expect(await run(['data', 'delete', '--yes'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--machine, --project and --account'),
  })
  expect(await run(['data', 'delete', '--project', '/old', '--yes'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 call, /) })
  expect(await client.ingestCalls('box', calls)).toMatchObject({ accepted: 0, duplicates: 1, deleted: 1 })
  expect((await client.getUsage({ group: 'project' })).rows).toMatchObject([{ project: '/kept', calls: 1 }])
})
