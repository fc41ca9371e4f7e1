import fs from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bash, script, text, tool } from '../support/messages-api.ts'
import { AnsweringHub } from './answers/answering-hub.ts'
import { askingEnv, pluginArgs, startAsking, switchAnswersOn, until } from './answers/asking-session.ts'
import { provePrompt, type Way } from './answers/proof.ts'
import { type Client, claudeCode, newest, old } from './client.ts'
import { clientHome } from './client-home.ts'
import { readRows } from './transcript.ts'

// `npm run prove:answers` is the long run of this.

async function open(client: Client) {
  const home = await clientHome()
  const hub = new AnsweringHub(path.join(home.folder, 'hub'))
  onTestFinished(() => hub.kill())
  await hub.start()
  switchAnswersOn(home)
  return { home, hub, client, session: () => startAsking(home, client, hub, 'project') }
}

test.for<[string, Way[]]>([
  [newest, ['page', 'page and terminal', 'hub killed', 'no one']],
  [old, ['link', 'terminal']],
])('Claude Code %s goes on as it was answered, and the audit log has the truth', async ([version, ways], { skip }) => {
  const { home, hub, session: start } = await open(await claudeCode(version, skip))
  const session = await start()
  for (const [number, way] of ways.entries()) {
    const { wrong } = await provePrompt({ home, hub, session, number, way, version })
    expect({ way, wrong, log: wrong.length > 0 ? hub.log : '' }).toEqual({ way, wrong: [], log: '' })
  }
})

test("the model's question is answered with an option and with words, and a plan is sent back and approved", async ({ skip }) => {
  const { home, hub, session: start } = await open(await claudeCode(newest, skip))
  const { terminal, sessionId } = await start()
  const options = [
    { label: 'Red', description: 'warm' },
    { label: 'Blue', description: 'cold' },
  ]
  const questions = [
    { question: 'Which colour?', header: 'Colour', multiSelect: false, options },
    { question: 'Which sizes?', header: 'Sizes', multiSelect: true, options },
  ]
  const openQuestion = () => until('a question at the hub', async () => (await hub.openQuestions(sessionId))[0])
  await terminal.submit(script(tool('AskUserQuestion', { questions }), text('It is chosen.')))
  const question = await openQuestion()
  expect(question).toMatchObject({
    kind: 'question',
    content: { choices: [{ question: 'Which colour?', several: false }, { several: true }] },
  })
  expect(
    await hub.answerOnPage(question.question_id, { decision: 'allow', chosen: [{ selected: [1] }, { selected: [0], text: 'and none' }] }),
  ).toBe(200)
  await terminal.waitForAnswer('It is chosen.')
  const results = () => JSON.stringify(readRows(home.config, sessionId).map(({ toolUseResult }) => toolUseResult))
  await expect.poll(results).toContain('"Which colour?":"Blue"')
  expect(results()).toContain('"Which sizes?":"Red, and none"')

  await terminal.submit(
    script(
      tool('EnterPlanMode', {}),
      tool('ExitPlanMode', { plan: '# Paint the shed' }),
      tool('ExitPlanMode', { plan: '# In red' }),
      text('It is planned.'),
    ),
  )
  const asked: string[] = []
  for (const decision of ['deny', 'allow'] as const) {
    // Entering the mode may be asked about first.
    let plan = await openQuestion()
    if (plan.kind !== 'plan') {
      await hub.answerOnPage(plan.question_id, { decision: 'allow' })
      plan = await until('a plan at the hub', async () => (await hub.openQuestions(sessionId)).find(({ kind }) => kind === 'plan'))
    }
    asked.push(plan.kind)
    await hub.answerOnPage(plan.question_id, decision === 'deny' ? { decision, message: 'In red, please.' } : { decision })
    await until('the end of the plan', async () => (await hub.question(plan.question_id)).outcome, 40_000)
  }
  await terminal.waitForAnswer('It is planned.')
  expect(JSON.stringify(readRows(home.config, sessionId))).toContain('In red, please.')
})

test('the question of a killed session is over, and -p waits only where that is wanted', async ({ skip }) => {
  const { home, hub, client, session: start } = await open(await claudeCode(newest, skip))
  const { terminal, sessionId } = await start()
  await terminal.submit(script(bash('echo 1 > made.txt')))
  const { question_id } = await until('a question at the hub', async () => (await hub.openQuestions(sessionId))[0])
  await terminal.kill()
  expect(await until('the end of the question', async () => (await hub.question(question_id)).outcome)).toBe('session_ended')

  const cwd = await home.project('print')
  const args = ['-p', script(bash('echo 2 > made.txt'), text('It is over.')), ...pluginArgs]
  expect(await home.print(client, cwd, args, askingEnv(hub)).finished).toMatchObject({ code: 0, stdout: 'It is over.\n' })
  expect(fs.existsSync(path.join(cwd, 'made.txt'))).toBe(false)
  switchAnswersOn(home, { print_runs: true })
  const id = '6f0d2c1e-0000-4000-8000-00000000000a'
  const run = home.print(client, cwd, ['--session-id', id, ...args], askingEnv(hub))
  const asked = await until('a question at the hub', async () => (await hub.openQuestions(id))[0])
  expect(await hub.answerOnPage(asked.question_id, { decision: 'allow' })).toBe(200)
  expect(await run.finished).toMatchObject({ code: 0, stdout: 'It is over.\n' })
  expect(fs.existsSync(path.join(cwd, 'made.txt'))).toBe(true)
})
