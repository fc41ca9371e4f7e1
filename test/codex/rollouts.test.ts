import type { Call } from '@signalbox/contract/call'
import { readCodexLimits } from '@signalbox/ledger/codex-limits'
import { describe, expect, test } from 'vitest'
import { type ModelResponse, type ResponseStep, responseScript as script, type ToolCall } from '../support/responses-api.ts'
import { codexProgram, newest, old } from './client.ts'
import { type CodexHome, codexHome } from './codex-home.ts'

// The real Codex runs against a stand-in whose log is the truth: every answer is one call of the ledger, with each class of tokens.

const say = (text = 'It is done.'): ResponseStep => ({ text })
/** Different for each answer, so that no two calls can be taken for one another. */
const use = (n: number): ResponseStep => ({ usage: { input: 3_000 + n, cached: 1_000 + n, output: 40 + n } })
const shell: ToolCall = { tool: 'exec_command', input: { cmd: 'true' } }
const exec = (...steps: ResponseStep[]) => ['exec', '--skip-git-repo-check', script(...steps)]
const resume = (...steps: ResponseStep[]) => ['exec', '--skip-git-repo-check', 'resume', '--last', script(...steps)]

function ofCall({ model, input, read, write_5m, output }: Call): unknown[] {
  return [model, input, read, write_5m, output]
}

function ofAnswer({ model, usage: { input, cached, written, output } }: ModelResponse): unknown[] {
  return [model, input - cached - written, cached, written, output]
}

/** Compares the ledger with the log of the stand-in. @returns the calls, oldest first */
async function expectTruth({ read, api }: CodexHome): Promise<Call[]> {
  const { calls, summary } = await read()
  expect(summary).toMatchObject({ bad_lines: 0, problems: [] })
  const answers = api.answers.filter(({ status, answered }) => status === 200 && answered !== undefined)
  expect(calls.map(ofCall).sort()).toEqual(answers.map(ofAnswer).sort())
  return calls.sort((a, b) => (a.at < b.at ? -1 : 1))
}

describe.for([newest, old])('Codex %s', (version) => {
  test('a call is counted for each answer: of tools, of a resumed session, after failures', async ({ skip }) => {
    const program = await codexProgram(version, skip)
    const home = await codexHome()
    await home.codex(program, exec(use(1), shell, use(2), { together: [shell, shell] }, use(3), say()))
    await home.codex(program, resume({ fail: 500, times: 1 }, use(4), say()))
    await home.codex(program, ['exec', '--skip-git-repo-check', '-m', 'gpt-5.4-mini', 'resume', '--last', script(use(4), say())])
    const calls = await expectTruth(home)
    expect(calls.map(({ model }) => model)).toEqual(['gpt-5.4', 'gpt-5.4', 'gpt-5.4', 'gpt-5.4', 'gpt-5.4-mini'])
    const [{ session_id } = { session_id: '' }] = calls
    expect(session_id).toMatch(/^[0-9a-f-]{36}$/)
    for (const call of calls) {
      expect(call).toMatchObject({ agent: 'codex', session_id, cwd: home.cwd, git_branch: 'main', version, is_sidechain: false })
    }
  })

  test('what was read before a kill stays, and what was being answered is not counted', async ({ skip }) => {
    const program = await codexProgram(version, skip)
    const home = await codexHome()
    await home.codex(program, exec(use(1), say()))
    await home.killAfter(program, resume(use(2), shell, { hang: true }), 3)
    await home.codex(program, resume(use(5), say()))
    const { calls } = await home.read()
    // A version may be killed before it has written the row of an answer that it has got.
    const answers = home.api.answers.filter(({ answered }) => answered !== undefined).map(ofAnswer)
    for (const call of calls) expect(answers).toContainEqual(ofCall(call))
    expect(calls.length).toBeGreaterThanOrEqual(2)
    expect(new Set(calls.map((call) => JSON.stringify(ofCall(call)))).size).toBe(calls.length)
  })

  test('forks, forks of forks and compactions count what they ask, and nothing of what they copy', async ({ skip }) => {
    const program = await codexProgram(version, skip)
    const home = await codexHome()
    const server = await home.appServer(program)
    const thread = await server.startThread(home.cwd)
    await server.turn(thread, script(use(1), shell, use(2), say()))
    await server.turn(thread, script(use(3), say()), { model: 'gpt-5.4-mini' })
    const [left, right] = [await server.fork(thread), await server.fork(thread)]
    await server.turn(left, script(use(4), say()))
    // The same figures as in the other fork.
    await server.turn(right, script(use(4), say()))
    const deep = await server.fork(left)
    await server.compact(deep)
    await server.turn(deep, script(use(6), say()))
    await server.compact(thread)
    await server.turn(thread, script(use(7), say()))
    const calls = await expectTruth(home)
    for (const { thread: id } of home.api.answers) {
      const answers = home.api.answers.filter((answer) => answer.thread === id)
      expect(calls.filter(({ session_id }) => session_id === id)).toHaveLength(answers.length)
    }
  })

  test.for([true, false])('subagents are of the session that started them, with a copy of its history: %s', async (withCopy, { skip }) => {
    const program = await codexProgram(version, skip)
    const home = await codexHome()
    const namespace = version === newest ? { namespace: 'multi_agent_v1' } : {}
    const message = script(use(50), shell, use(51), say('Done below.'))
    const spawn = { tool: 'spawn_agent', ...namespace, input: { message, ...(withCopy ? { fork_context: true } : {}) } }
    const wait: ToolCall = { tool: 'exec_command', input: { cmd: 'sleep 4', yield_time_ms: 10_000 } }
    await home.codex(program, exec(use(1), say()))
    await home.codex(program, resume(use(2), spawn, use(3), spawn, use(4), wait, use(5), say()))
    const calls = await expectTruth(home)
    expect(new Set(calls.map(({ session_id }) => session_id)).size).toBe(1)
    const below = calls.filter(({ is_sidechain }) => is_sidechain)
    expect(below).toHaveLength(4)
    expect(new Set(below.map(({ agent_id }) => agent_id)).size).toBe(2)
  })

  test('the limits of the plan are read from what Codex wrote down', async ({ skip }) => {
    const program = await codexProgram(version, skip)
    const home = await codexHome()
    await home.codex(program, exec({ limits: { primary: [11, 300, 3_600], secondary: [5, 10_080, 90_000] } }, say()))
    const limits = readCodexLimits({ CODEX_HOME: home.home })
    expect(limits?.windows.map(({ percent_used, window_minutes }) => [percent_used, window_minutes])).toEqual([
      [11, 300],
      [5, 10_080],
    ])
    const left = limits!.windows.map(({ resets_at }) =>
      Math.round((Date.parse(resets_at ?? '') - Date.parse(limits!.captured_at)) / 60_000),
    )
    expect(left).toEqual([60, 1_500])
  })

  test('a review is a subagent', async ({ skip }) => {
    const program = await codexProgram(version, skip)
    const home = await codexHome()
    const server = await home.appServer(program)
    const thread = await server.startThread(home.cwd)
    await server.turn(thread, script(use(1), say()))
    const findings = { findings: [], overall_correctness: 'ok', overall_explanation: '', overall_confidence_score: 1 }
    await server.review(thread, script(use(2), say(JSON.stringify(findings))))
    await server.turn(thread, script(use(3), say()))
    const calls = await expectTruth(home)
    expect(calls.map(({ is_sidechain }) => is_sidechain)).toEqual([false, true, false])
  })
})

test('the newest version says which tokens were written to the cache, the service tier and the id of the response', async ({ skip }) => {
  const program = await codexProgram(newest, skip)
  const home = await codexHome('service_tier = "fast"')
  await home.codex(program, exec({ usage: { written: 512 } }, say()))
  const [call] = await expectTruth(home)
  expect(call).toMatchObject({ write_5m: 512, input: 540, service_tier: 'priority', request_id: home.api.answers[0]!.responseId })
})

test('rollouts of an old version that the newest one goes on with, migrates and archives count the same', async ({ skip }) => {
  const [before, after] = [await codexProgram(old, skip), await codexProgram(newest, skip)]
  const home = await codexHome()
  const server = await home.appServer(before)
  const thread = await server.startThread(home.cwd)
  await server.turn(thread, script(use(1), say()))
  const fork = await server.fork(thread)
  await server.turn(fork, script(use(2), say()))
  await server.stop()
  const calls = await expectTruth(home)
  await home.codex(after, ['migrate-rollouts', '--apply'])
  expect(await expectTruth(home)).toEqual(calls)
  const next = await home.appServer(after)
  await next.resume(thread)
  await next.turn(thread, script(use(3), say()))
  await next.turn(await next.fork(fork), script(use(4), say()))
  await next.stop()
  await expectTruth(home)
  await home.codex(after, ['archive', thread])
  expect((await expectTruth(home)).map(ofCall)).toHaveLength(4)
})
