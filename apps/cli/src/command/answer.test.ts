import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { runCommand } from '../cli.suite.ts'
import { type HubFixture, openHubFixture } from '../hub.suite.ts'

const session_id = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
const permission = {
  tool: 'Bash',
  details: [{ name: 'command', text: 'npm test \u001b[31m' }],
  suggestions: ['Bash(npm test:*), in this project'],
  choices: [],
}
const options = [{ label: 'Red' }, { label: 'Blue', description: 'as the sea' }]
const choices = [
  { question: 'Colour?', several: false, options },
  { question: 'Sizes?', several: true, options },
]

async function ask({ hub }: HubFixture, kind = 'permission', content: object = permission): Promise<string> {
  const question_id = randomUUID()
  const payload = { question_id, machine_id: 'laptop', session_id, kind, expires_in_ms: 3_600_000, content }
  expect((await hub.ask('POST', '/api/questions', { payload })).statusCode).toBe(200)
  return question_id
}

const answerOf = async ({ hub }: HubFixture, id: string) =>
  (await hub.ask('POST', `/api/questions/${id}/wait`, { payload: { machine_id: 'laptop', session_id, wait_ms: 0 } })).json()

test('what sessions ask is listed, without control characters, and answered', async () => {
  const fixture = await openHubFixture()
  const { run, json, client } = fixture
  expect((await run(['answer', 'list'])).stdout).toBe('No session asks anything now.\n')
  const [allowed, always, denied] = [await ask(fixture), await ask(fixture), await ask(fixture)]
  expect(await json(['answer', 'list'])).toEqual(await client.listQuestions({ state: 'open' }))
  const { stdout } = await run(['answer', 'list'])
  expect(stdout).toContain('Permission for Bash')
  expect(stdout).toContain('command: npm test \\u001b[31m')
  expect(stdout).toContain('--always: Bash(npm test:*), in this project')
  expect((await run(['answer', 'allow', allowed.slice(0, 8)])).stdout).toMatch(/: allow\. Session 8c1f4f3e goes on\.\n$/)
  await run(['answer', 'allow', always, '--always'])
  await run(['answer', 'deny', denied, '--message', 'Not now.'])
  expect(await answerOf(fixture, allowed)).toEqual({ state: 'answered', decision: 'allow' })
  expect(await answerOf(fixture, always)).toEqual({ state: 'answered', decision: 'allow_always' })
  expect(await answerOf(fixture, denied)).toEqual({ state: 'answered', decision: 'deny', message: 'Not now.' })
  expect(await run(['answer', 'deny', allowed])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('API_KEYS[0] answered first: allow'),
  })
  expect(await run(['answer', 'allow', 'ffff'])).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no question ffff') })
})

test("the model's questions are answered by numbers and words", async () => {
  const fixture = await openHubFixture()
  const { run } = fixture
  const id = await ask(fixture, 'question', { tool: 'AskUserQuestion', details: [], suggestions: [], choices })
  const { stdout } = await run(['answer', 'list'])
  expect(stdout).toContain('2: Sizes? (several)')
  expect(stdout).toContain('2  Blue: as the sea')
  for (const [words, message] of [
    [['allow', id], 'need a choice'],
    [['choose', id, '1'], 'it asks 2 questions, and 1 choice'],
    [['choose', id, '3', '1'], '3 is no choice for "Colour?"'],
    [['choose', id, '1,2', '1'], 'takes one'],
  ] as const) {
    const { code, stderr } = await run(['answer', ...words])
    expect([code, stderr]).toEqual([expect.toSatisfy((one) => one > 0), expect.stringContaining(message)])
  }
  expect(await run(['answer', 'choose', id, 'something else', '1,2'])).toMatchObject({ code: 0 })
  expect(await answerOf(fixture, id)).toMatchObject({
    decision: 'allow',
    chosen: [{ selected: [], text: 'something else' }, { selected: [0, 1] }],
  })
})

test('a link is printed alone, for the next program; and a session cannot answer', async () => {
  const fixture = await openHubFixture()
  const id = await ask(fixture)
  const { stdout } = await fixture.run(['answer', 'link', id])
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/q\/[\w.-]+\n$/)
  for (const name of ['CLAUDECODE', 'CLAUDE_CODE_SESSION_ID']) {
    const { code, stderr } = await fixture.run(['answer', 'allow', id], { [name]: '1' })
    expect([code, stderr]).toEqual([1, expect.stringContaining('a session cannot answer itself')])
  }
  expect(await answerOf(fixture, id)).toEqual({ state: 'open' })
})

test('answers are off until they are switched on, and off again', async () => {
  const folder = tempFolder()
  const run = (...words: string[]) => runCommand(folder, ['hooks', 'answers', ...words])
  expect(await run('status')).toMatchObject({ code: 1, stdout: expect.stringContaining('Off.') })
  expect(await run('on', '--wait', '30m', '--print-runs')).toMatchObject({ code: 0, stdout: expect.stringContaining('for 30 min') })
  expect(await run('status')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^On, by .*wait for 30 min, runs of claude -p too/) })
  expect(JSON.parse((await run('status', '--json')).stdout)).toMatchObject({ on: true, wait_s: 1800, print_runs: true })
  expect(await run('off')).toMatchObject({ code: 0, stdout: expect.stringContaining('Off:') })
  expect(await run('off')).toMatchObject({ stdout: 'It was off; nothing changed.\n' })
  expect(await run('on', '--wait', '2d')).toMatchObject({ code: 2, stderr: expect.stringContaining('It must be a time such as 30m') })
  const redacted = await runCommand(folder, ['hooks', 'answers', 'on'], { REDACT_PROJECTS: 'true' })
  expect(redacted).toMatchObject({ code: 1, stderr: expect.stringContaining('REDACT_PROJECTS') })
})
