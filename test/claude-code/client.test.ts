import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { agent, bash, script, text, tool } from '../support/messages-api.ts'
import { filterAlive } from '../support/process-tree.ts'
import { claudeCode, newest, old } from './client.ts'
import { clientHome, makeClientHome } from './client-home.ts'
import { findMarked } from './marked-process.ts'
import { readRows } from './transcript.ts'

// What the other tests of this folder rely on.

describe.for([newest, old])('Claude Code %s', (version) => {
  test('asks for a permission in its terminal, is answered, and says what it does in its process file', async ({ skip }) => {
    const client = await claudeCode(version, skip)
    const home = await clientHome()
    const cwd = await home.project()
    const terminal = home.terminal(client, { cwd })
    const { sessionId } = await terminal.ready()
    await terminal.submit(script(bash('echo 42 > made.txt'), text('It is done.')))
    expect(await terminal.waitForProcessFile(({ status }) => status === 'waiting')).toMatchObject({ sessionId, version, cwd })
    await terminal.answerPermission('yes')
    await terminal.waitForAnswer('It is done.')
    await terminal.waitForProcessFile(({ status }) => status === 'idle')
    expect(fs.readFileSync(path.join(cwd, 'made.txt'), 'utf8')).toBe('42\n')
    const answers = home.api.answersOf(sessionId).filter(({ offeredTools }) => offeredTools)
    expect(answers.map(({ tools }) => tools)).toEqual([['Bash'], []])
    await terminal.submit('/exit')
    await terminal.ended
    expect(home.processFiles()).toEqual([])
  })

  test('does not run a command that was refused', async ({ skip }) => {
    const client = await claudeCode(version, skip)
    const home = await clientHome()
    const cwd = await home.project()
    const terminal = home.terminal(client, { cwd })
    await terminal.ready()
    for (const answer of ['no', 'escape'] as const) {
      await terminal.submit(script(bash(`echo 42 > ${answer}.txt`), text('It is done.')))
      // The idle of before the prompt must not pass for that of after the answer.
      await terminal.waitForProcessFile(({ status }) => status === 'waiting')
      await terminal.answerPermission(answer)
      await terminal.waitForProcessFile(({ status }) => status === 'idle')
    }
    expect(fs.readdirSync(cwd)).toEqual(['.git'])
  })

  test('has a list of tasks, whether it offers the tools for it at once or lets the model search for them', async ({ skip }) => {
    const client = await claudeCode(version, skip)
    const home = await clientHome({ env: { CLAUDE_CODE_ENABLE_TODO_TOOLS: '1' } })
    const terminal = home.terminal(client, { cwd: await home.project() })
    const { sessionId } = await terminal.ready()
    await terminal.submit(script(tool('TaskCreate', { subject: 'Paint the shed', description: 'In red.' }), text('It is planned.')))
    await terminal.waitForAnswer('It is planned.')
    // The client writes its transcript in its own time.
    const results = () => readRows(home.config, sessionId).map(({ toolUseResult }) => toolUseResult)
    await expect.poll(results).toContainEqual({ task: expect.objectContaining({ id: '1', subject: 'Paint the shed' }) })
  })

  test('answers a -p run', async ({ skip }) => {
    const client = await claudeCode(version, skip)
    const home = await clientHome()
    const child = home.print(client, await home.project(), ['-p', script(agent([text('From below.')]), text('From above.'))])
    expect(await child.finished).toMatchObject({ code: 0, stdout: 'From above.\n' })
    expect(home.api.answers.filter(({ offeredTools }) => offeredTools).map(({ tools }) => tools)).toEqual([['Agent'], [], []])
  })
})

test('nothing is left of a home: no client, no command, no folder', async ({ skip }) => {
  const client = await claudeCode(newest, skip)
  const { home, remove } = await makeClientHome({ settings: { permissions: { defaultMode: 'bypassPermissions' } } })
  const bystander = spawn('sleep', ['60'])
  try {
    const cwd = await home.project()
    const [killed, living] = [home.terminal(client, { cwd }), home.terminal(client, { cwd })]
    for (const terminal of [killed, living]) {
      await terminal.ready()
      await terminal.submit(script(bash('touch begun-$$; sleep 60')))
    }
    while (fs.readdirSync(cwd).filter((name) => name.startsWith('begun')).length < 2) await sleep(20)
    const mark = home.env.SIGNALBOX_TEST_MARK!
    await killed.kill()
    // The command of the killed client lives on by itself.
    expect(findMarked(mark).length).toBeGreaterThan(3)
    await remove()
    expect(findMarked(mark)).toEqual([])
    expect(fs.existsSync(home.folder)).toBe(false)
    expect(filterAlive([bystander.pid!])).toEqual([bystander.pid])
  } finally {
    bystander.kill()
    await remove().catch(() => {})
  }
})
