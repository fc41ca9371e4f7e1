import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Call } from '@signalbox/contract/call'
import { expect, test } from 'vitest'
import { idAt, Rollout, type Tokens } from '../../../../../test/support/rollout.ts'
import { ledgerFixture } from '../../ledger-fixture.ts'

/** How the names of its files begin. */
const KIND = 'rollout'

const first: Tokens = [1_000, 100, 30]
const second: Tokens = [2_000, 900, 60]

/** A folder of Codex, and the calls that a ledger reads there. */
function codexHome() {
  const fixture = ledgerFixture()
  const home = path.join(fixture.folder, 'codex')
  const read = async () => {
    const summary = await fixture.refresh({ roots: [path.join(home, 'sessions')] })
    return { summary, calls: fixture.calls().sort((a, b) => (a.at < b.at ? -1 : 1)) }
  }
  return { ...fixture, home, read }
}

const tokensOf = (calls: readonly Call[]) => calls.map(({ input, read, output }) => [input + read, read, output])
const sessionsOf = (calls: readonly Call[]) => calls.map(({ session_id }) => session_id)

test('a response is a call, whatever rows repeat it: the rows of its version, and those of the limits', async () => {
  const { home, read } = codexHome()
  const [thread, turn] = [idAt(0), idAt(1)]
  const rollout = new Rollout(0).thread(thread).turn(turn, 'gpt-5.4')
  rollout.second = 2
  rollout.event('token_count', { info: null, rate_limits: {} }).said().count(first).repeat(first)
  rollout.recorded(turn, 'resp_2', second).repeat(second)
  rollout.write(home, thread, KIND)
  const { calls, summary } = await read()
  expect(summary).toMatchObject({ files: 1, bad_lines: 0, problems: [] })
  expect(tokensOf(calls)).toEqual([first, second])
  expect(calls[1]).toEqual({
    key: `codex:${turn}#2`,
    at: '2026-11-30T10:00:02.000Z',
    model: 'gpt-5.4',
    session_id: thread,
    cwd: '/work/shop',
    git_branch: 'main',
    agent: 'codex',
    version: '0.125.0',
    request_id: 'resp_2',
    is_sidechain: false,
    input: 1_100,
    output: 60,
    write_5m: 0,
    write_1h: 0,
    read: 900,
    unfinished: false,
  })
})

test('an estimate of the context after a compaction is no call, and the compaction itself is one', async () => {
  const { home, read } = codexHome()
  const rollout = new Rollout(0).thread(idAt(0)).turn(idAt(1), 'gpt-5.4').answer(first)
  rollout.turn(idAt(2)).repeat(first).said().count(second).repeat([0, 0, 0])
  rollout.write(home, idAt(0), KIND)
  const { calls } = await read()
  expect(tokensOf(calls)).toEqual([first, second])
  expect(calls.map(({ model }) => model)).toEqual(['gpt-5.4', 'gpt-5.4'])
})

test('the copy of a history in forks and subagents counts nothing again, and each call is of the thread that made it', async () => {
  const { home, read } = codexHome()
  const [parent, fork, deep, child] = [idAt(0), idAt(10), idAt(20), idAt(30)]
  const original = new Rollout(0).thread(parent).turn(idAt(1), 'gpt-5.4').answer(first)
  original.write(home, parent, KIND)
  const forked = new Rollout(10).thread(fork, { forked_from_id: parent }).copyOf(original)
  forked.second = 11
  forked.turn(idAt(11), 'gpt-5.4').answer(second).write(home, fork, KIND)
  const deeper = new Rollout(20).thread(deep, { forked_from_id: fork }).copyOf(forked)
  deeper.second = 21
  deeper.turn(idAt(21), 'gpt-5.4').answer(second).write(home, deep, KIND)
  // A subagent's copy may leave out which model was used.
  const spawn = { source: { subagent: { thread_spawn: { parent_thread_id: parent } } }, forked_from_id: parent }
  const agent = new Rollout(30).thread(child, spawn).copyOf(original, ({ type }) => type !== 'turn_context')
  agent.second = 31
  agent.turn(idAt(31), 'gpt-5.4-mini').answer(second).write(home, child, KIND)
  const { calls } = await read()
  expect(tokensOf(calls)).toEqual([first, second, second, second])
  expect(sessionsOf(calls)).toEqual([parent, fork, deep, parent])
  expect(calls.map(({ model, is_sidechain, agent_id }) => [model, is_sidechain, agent_id])).toEqual([
    ['gpt-5.4', false, undefined],
    ['gpt-5.4', false, undefined],
    ['gpt-5.4', false, undefined],
    ['gpt-5.4-mini', true, child],
  ])
})

test('a fork that refers to the rollout of its parent does not count the last totals of it', async () => {
  const { home, read } = codexHome()
  const fork = new Rollout(10).thread(idAt(10), {
    forked_from_id: idAt(0),
    history_mode: 'paginated',
    history_base: { thread_id: idAt(0) },
  })
  fork.carry(first).turn(idAt(11)).repeat(first).said().count(second).write(home, idAt(10), KIND)
  expect(tokensOf((await read()).calls)).toEqual([second])
})

test('in versions without ids of turns, totals that begin at 0 again are other calls, and those of a fork’s copy are not', async () => {
  const { home, read } = codexHome()
  const [parent, fork] = [idAt(0), idAt(60)]
  const original = new Rollout(0).thread(parent)
  for (const at of [1, 20, 40]) {
    original.second = at
    original.turn(undefined, 'gpt-5-codex').restart()
    original.second = at + 2
    original.count(first).repeat(first)
  }
  original.write(home, parent, KIND)
  const forked = new Rollout(60).thread(fork).copyOf(original)
  forked.second = 62
  forked.turn(undefined, 'gpt-5-codex').repeat(first)
  forked.second = 65
  forked.count(second).write(home, fork, KIND)
  const { calls } = await read()
  expect(tokensOf(calls)).toEqual([first, first, first, second])
  expect(sessionsOf(calls)).toEqual([parent, parent, parent, fork])
})

test('a migration of rollouts by Codex, which takes away whose rows a fork has copied, changes no sum', async () => {
  const { home, read, ledger } = codexHome()
  const [parent, fork, oldParent, oldFork] = [idAt(0, 1), idAt(10, 1), idAt(0, 2), idAt(10, 2)]
  const write = (isMigrated: boolean) => {
    const mode = isMigrated ? { history_mode: 'paginated' } : {}
    const keep = ({ type }: { type?: string }) => !isMigrated || type !== 'session_meta'
    for (const [thread, forked, turns] of [
      [parent, fork, [idAt(1), idAt(12)]],
      [oldParent, oldFork, [undefined, undefined]],
    ] as const) {
      const original = new Rollout(0).thread(thread, mode)
      original.second = 2
      original.turn(turns[0], 'gpt-5.4').answer(first).write(home, thread, KIND)
      const copy = new Rollout(10).thread(forked, { ...mode, ...(turns[0] === undefined ? {} : { forked_from_id: thread }) })
      copy.copyOf(original, keep)
      copy.second = 12
      copy.turn(turns[1], 'gpt-5.4')
      copy.second = 14
      copy.answer(second).write(home, forked, KIND)
    }
  }
  write(false)
  const before = await read()
  expect(tokensOf(before.calls)).toEqual([first, first, second, second])
  write(true)
  const after = await read()
  expect(after.summary.files_read).toBe(4)
  expect(after.calls).toEqual(before.calls)
  expect(ledger.report({ group: 'agent', timezone: 'UTC' }).totals.calls).toBe(4)
})

test('a rollout is read in any parts, also in the midst of a row, with the same calls', async () => {
  const [thread, turn] = [idAt(0), idAt(1)]
  const rollout = new Rollout(0).thread(thread).turn(turn, 'gpt-5.4')
  for (const at of [2, 3, 4]) {
    rollout.second = at
    rollout.recorded(turn, `resp_${at}`, first).repeat(first)
  }
  const text = rollout.text()
  const whole = codexHome()
  rollout.write(whole.home, thread, KIND)
  const expected = (await whole.read()).calls
  expect(expected).toHaveLength(3)
  for (const size of [97, 400, 1_000]) {
    const parts = codexHome()
    const file = rollout.write(parts.home, thread, KIND)
    writeFileSync(file, '')
    for (let at = 0; at < text.length; at += size) {
      appendFileSync(file, text.slice(at, at + size))
      await parts.read()
    }
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect((await parts.read()).calls).toEqual(expected)
  }
})

test('half a row of a killed process is reported, and the row that was appended to it counts', async () => {
  const { home, read } = codexHome()
  const [thread, turn] = [idAt(0), idAt(1)]
  const rollout = new Rollout(0).thread(thread).turn(turn, 'gpt-5.4').answer(first)
  const file = rollout.write(home, thread, KIND)
  appendFileSync(file, '{"timestamp":"2026-11-30T10:00:02.000Z","type":"event_msg","payload":{"type":"token_count","info":{"total')
  appendFileSync(file, new Rollout(3).carry(first).count(second).text())
  appendFileSync(
    file,
    '{"timestamp":"yesterday","type":"event_msg","payload":{"type":"token_count","info":{}}}\nnot "type":"token_count"\n',
  )
  const { calls, summary } = await read()
  expect(tokensOf(calls)).toEqual([first, second])
  expect(summary.bad_lines).toBe(3)
})

test('numbers that are none are reported and count as 0, and cached tokens never make the input negative', async () => {
  const { home, read } = codexHome()
  const thread = idAt(0)
  const bad = { input_tokens: 100, cached_input_tokens: 400, output_tokens: 'many' }
  new Rollout(0)
    .thread(thread)
    .turn(idAt(1), 'gpt-5.4')
    .event('token_count', { info: { total_token_usage: bad, last_token_usage: bad } })
    .write(home, thread, KIND)
  const { calls, summary } = await read()
  expect(calls).toMatchObject([{ input: 0, read: 400, output: 0, odd: true }])
  expect(summary.bad_lines).toBe(1)
})

test('a rollout without its first row has the thread of its name, and a turn without a model has an unknown one', async () => {
  const { home, read } = codexHome()
  new Rollout(1).turn(idAt(1)).answer(first).write(home, idAt(0), KIND)
  expect((await read()).calls).toMatchObject([{ session_id: idAt(0), model: 'unknown', agent: 'codex' }])
})

test('rollouts and transcripts of Claude Code are distinguished in one folder, and a state of another reader is not continued', async () => {
  const { home, read, ledger, dataDir } = codexHome()
  const file = new Rollout(0).thread(idAt(0)).turn(idAt(1), 'gpt-5.4').answer(first).write(home, idAt(0), KIND)
  const line = { type: 'assistant', sessionId: 's', timestamp: '2026-11-30T10:00:09.000Z', requestId: 'r', uuid: 'u' }
  const message = { id: 'msg_1', model: 'claude-opus-5-5', stop_reason: 'end_turn', usage: { input_tokens: 1, output_tokens: 2 } }
  writeFileSync(path.join(path.dirname(file), 'other.jsonl'), `${JSON.stringify({ ...line, message })}\n`)
  expect((await read()).calls.map(({ agent }) => agent)).toEqual(['codex', undefined])
  // As of a version that took a rollout in a folder of EXTRA_TRANSCRIPT_DIRS for a transcript without calls.
  const { openStore } = await import('../../store/open-store.ts')
  const store = openStore(path.join(dataDir, 'ledger.db'))
  store.exec(`UPDATE files SET open_answers = '' WHERE path LIKE '%${KIND}-%'; DELETE FROM calls`)
  store.close()
  appendFileSync(file, new Rollout(5).turn(idAt(2), 'gpt-5.4').carry(first).answer(second).text())
  expect(tokensOf((await read()).calls)).toEqual([first, second])
  expect(ledger.status().bad_lines).toBe(0)
})
