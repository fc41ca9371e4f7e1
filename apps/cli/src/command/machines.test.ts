import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { signalbox } from '../cli.suite.ts'
import { type HubFixture, linesOf, openHubFixture, shareHubFixture } from '../hub.suite.ts'
import { formatSlots, parseSlots } from '../machines/slots.ts'
import { widthOf } from '../width.ts'

async function fillMachines(state: HubFixture) {
  const { client, hub } = state
  await client.createMachine({ machine_id: 'box-2', hostname: 'box', docker_slots: [1, 2, 3, 7] })
  // As a hub of a former version took it.
  hub.store.connection.prepare('UPDATE machine SET hostname = ? WHERE machine_id = ?').run('box \u001b]0;evil\u0007', 'box-2')
  await client.createMachine({ machine_id: 'serveur-à-très-long-nom-'.repeat(8), hostname: '長い名前'.repeat(60), docker_slots: [1] })
  const { session_id: session } = await client.createSession({ project_id: 'signalbox', machine_id: 'box-2', docker_slot: 2 })
  await client.createSession({ project_id: 'signalbox', machine_id: 'laptop' })
  return { ...state, session }
}

const machines = shareHubFixture(fillMachines)

test('list and available: --json prints the answer of the hub', async () => {
  const { client, json } = machines()
  expect(await json(['machines', 'list'])).toEqual(await client.listMachines())
  expect(await json(['machines', 'list', '--status', 'offline'])).toEqual([])
  expect(await json(['machine', 'list', '--hostname', 'laptop'])).toEqual(await client.listMachines({ hostname: 'laptop' }))
  expect(await json(['machines', 'available'])).toEqual(await client.findAvailableMachines())
})

test('list and available: the tables fit every terminal, and control characters are escaped', async () => {
  const { run } = machines()
  for (const COLUMNS of ['60', '80', '140']) {
    for (const [word, rows] of [
      ['list', 3],
      ['available', 2],
    ] as const) {
      const { stdout } = await run(['machines', word], { COLUMNS })
      for (const line of stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(Number(COLUMNS))
      expect(stdout).not.toContain('\u001b')
      expect(linesOf(stdout)).toHaveLength(rows)
    }
  }
  expect((await run(['machines', 'available'])).stdout).toMatch(/3 of 4 {2}1,3,7 +1 /)
})

test('show: a machine, its free slots, and its sessions', async () => {
  const { client, json, run, session } = machines()
  const { stdout } = await run(['machines', 'show', 'box-2'])
  expect(stdout).toMatch(/Slots +1-3,7; free: 1,3,7\n/)
  expect(stdout).toContain(session)
  expect(await json(['machines', 'show', 'box-2'])).toEqual({
    machine: await client.getMachine('box-2'),
    sessions: await client.getSessionsByMachine('box-2'),
  })
  expect(await run(['machines', 'show', 'unknown'])).toMatchObject({ code: 1, stderr: expect.stringContaining('signalbox machines list') })
})

test('fail-sessions: fails the sessions of a lost machine; a dry run lists them, and without a terminal it needs --yes', async () => {
  const { client, json, run, session } = await fillMachines(await openHubFixture())
  const lost = ['machines', 'fail-sessions', 'box-2', '--reason', 'lost']
  const dry = await run([...lost, '--dry-run'])
  expect(dry).toMatchObject({ code: 0, stdout: `1 session on box-2 would be failed.\n  ${session}\n` })
  expect(await run(lost)).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
  expect((await client.getSession(session)).status).toBe('active')
  expect(await json([...lost, '--status', 'stalled', '--yes'])).toMatchObject({ sessions_affected: 0 })
  expect((await run([...lost, '--yes'])).stdout).toContain('signalbox sessions recover ID')
  expect(await client.getSession(session)).toMatchObject({ status: 'failed' })
  expect(await client.getSessionFailureInfo(session)).toMatchObject({ failure_reason: 'lost' })
  await run(['sessions', 'recover', session])
  expect(await client.getSession(session)).toMatchObject({ status: 'active', attempt: 2 })
})

test('a machine is added, gets slots and sessions, and goes offline', async () => {
  const { json, run, session } = await fillMachines(await openHubFixture())
  expect(await json(['machines', 'add', 'box 3/ü', '--slots', '1-3'])).toMatchObject({ hostname: 'box 3/ü', docker_slots: [1, 2, 3] })
  expect(await json(['machines', 'slots', 'box 3/ü', '2,4-5'])).toMatchObject({ docker_slots: [2, 4, 5] })
  expect(await json(['machines', 'assign', 'box 3/ü', session.slice(0, 8)])).toMatchObject({ active_sessions: [session] })
  expect(await run(['machines', 'slots', 'box 3/ü', 'none'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('signalbox machines release'),
  })
  expect(await run(['machines', 'offline', 'box 3/ü'])).toMatchObject({ code: 1, stderr: expect.stringContaining('1 live session') })
  expect(await json(['machines', 'release', 'box 3/ü', session])).toMatchObject({ machine_id: 'box 3/ü' })
  expect(await json(['machines', 'slots', 'box 3/ü', 'none'])).toMatchObject({ docker_slots: [] })
  expect((await run(['machines', 'maintenance', 'box-2'])).stdout).toBe('box-2 is in maintenance, with slots 1-3,7 and 0 live sessions.\n')
  expect(await json(['machines', 'offline', 'box-2'])).toMatchObject({ status: 'offline' })
  expect(await json(['machines', 'online', 'box-2'])).toMatchObject({ status: 'online' })
})

test('an empty list suggests the next command; also in a process of its own', async () => {
  const { run, env } = await openHubFixture()
  expect((await signalbox(tempFolder(), ['machines', 'list'], env)).stdout).toContain('signalbox machines add')
  expect((await run(['machines', 'available'])).stdout).toContain('signalbox machines slots')
})

test('slots are parsed and formatted as ranges', () => {
  expect(parseSlots('7, 1-3,2')).toEqual([1, 2, 3, 7])
  expect(parseSlots('none')).toEqual([])
  expect(formatSlots([1, 2, 3, 7, 9, 10])).toBe('1-3,7,9-10')
  for (const wrong of ['', '0', '3-1', '1-', 'a', '1-5000', '1,,2', '1.5', '99999999'])
    expect(() => parseSlots(wrong)).toThrow(/such as 1-4,7/)
})

test('a machine is renamed, merged and removed, after a count and a question', async () => {
  const { client, json, run } = await fillMachines(await openHubFixture())
  await client.createMachine({ machine_id: 'old', hostname: 'old' })
  expect(await json(['machines', 'rename', 'old', 'new', '--dry-run'])).toMatchObject({ machine_id: 'new', from: 'old', dry_run: true })
  expect(await run(['machines', 'rename', 'old', 'new'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^old is new, with 0 calls, /),
  })
  expect(await run(['machines', 'merge', 'new', 'box-2'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
  expect(await run(['machines', 'merge', 'new', 'box-2', '--yes'])).toMatchObject({ code: 0, stdout: expect.stringContaining('is gone') })
  expect(await run(['machines', 'remove', 'laptop', '--yes'])).toMatchObject({ code: 1, stderr: expect.stringContaining('live session') })
  const [live] = await client.getSessionsByMachine('laptop')
  await client.endSession(live!.session_id)
  expect(await json(['machines', 'remove', 'laptop', '--dry-run'])).toMatchObject({ machine_id: 'laptop', sessions: 1, dry_run: true })
  expect(await run(['machines', 'remove', 'laptop', '--yes'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 ended session'),
  })
  expect((await client.listMachines()).map(({ machine_id }) => machine_id)).not.toContain('laptop')
})
