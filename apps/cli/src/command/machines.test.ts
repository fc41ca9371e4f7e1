import { expect, test } from 'vitest'
import { readSlots, slotsText } from '../machines/slots.ts'
import { linesOf, openState } from '../state.suite.ts'
import { widthOf } from '../width.ts'

async function house() {
  const state = await openState()
  const { client } = state
  await client.createMachine({ machine_id: 'box-2', hostname: 'box \u001b]0;evil\u0007', docker_slots: [1, 2, 3, 7] })
  await client.createMachine({ machine_id: 'serveur-à-très-long-nom-'.repeat(8), hostname: '長い名前'.repeat(60), docker_slots: [1] })
  const { session_id: session } = await client.createSession({ project_id: 'signalbox', machine_id: 'box-2', docker_slot: 2 })
  await client.createSession({ project_id: 'signalbox', machine_id: 'laptop' })
  return { ...state, session }
}

test('list and available: --json is what the hub answers', async () => {
  const { client, json } = await house()
  expect(await json(['machines', 'list'])).toEqual(await client.listMachines())
  expect(await json(['machines', 'list', '--status', 'offline'])).toEqual([])
  expect(await json(['machine', 'list', '--hostname', 'laptop'])).toEqual(await client.listMachines({ hostname: 'laptop' }))
  expect(await json(['machines', 'available'])).toEqual(await client.findAvailableMachines())
})

test('list and available: the tables fit every terminal, and no name commands it', async () => {
  const { run } = await house()
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

test('show: a machine, which of its slots are free, and who is on it', async () => {
  const { client, json, run, session } = await house()
  const { stdout } = await run(['machines', 'show', 'box-2'])
  expect(stdout).toMatch(/Slots +1-3,7; free: 1,3,7\n/)
  expect(stdout).toContain(session)
  expect(await json(['machines', 'show', 'box-2'])).toEqual({
    machine: await client.getMachine('box-2'),
    sessions: await client.getSessionsByMachine('box-2'),
  })
  expect(await run(['machines', 'show', 'nobody'])).toMatchObject({ code: 1, stderr: expect.stringContaining('signalbox machines list') })
})

test('a machine is added, given slots and sessions, and taken out', async () => {
  const { json, run, session } = await house()
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
  expect((await run(['machines', 'maintenance', 'box-2'])).stdout).toBe('box-2 is maintenance, with slots 1-3,7 and 0 live sessions.\n')
  expect(await json(['machines', 'offline', 'box-2'])).toMatchObject({ status: 'offline' })
  expect(await json(['machines', 'online', 'box-2'])).toMatchObject({ status: 'online' })
})

test('an empty list says what to do next', async () => {
  const { run } = await openState()
  expect((await run(['machines', 'list'])).stdout).toContain('signalbox machines add')
  expect((await run(['machines', 'available'])).stdout).toContain('signalbox machines slots')
})

test('slots are read and written as ranges', () => {
  expect(readSlots('7, 1-3,2')).toEqual([1, 2, 3, 7])
  expect(readSlots('none')).toEqual([])
  expect(slotsText([1, 2, 3, 7, 9, 10])).toBe('1-3,7,9-10')
  for (const wrong of ['', '0', '3-1', '1-', 'a', '1-5000', '1,,2', '1.5', '99999999'])
    expect(() => readSlots(wrong)).toThrow(/such as 1-4,7/)
})
