import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { openHubFixture, RealClock } from '../../apps/cli/src/hub.suite.ts'
import { run } from '../support/child.ts'
import { bash, script, text } from '../support/messages-api.ts'
import { repositoryRoot, textOf } from '../support/repository.ts'
import { type Client, claudeCode, newest, old } from './client.ts'
import { type ClientHome, clientHome } from './client-home.ts'
import type { ClientTerminal } from './client-terminal.ts'
import type { ProcessFile } from './process-file.ts'

const bin = fileURLToPath(new URL('../../apps/cli/bin/signalbox.mjs', import.meta.url))

/** The client in a folder of its own as `claude`, and another one that runs it by `signalbox run`. */
function install(home: ClientHome, { version, program }: Client) {
  const folder = path.join(home.folder, 'bin')
  const write = (name: string, words: readonly string[]) => {
    const file = path.join(folder, name)
    fs.writeFileSync(file, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`, { mode: 0o755 })
    return file
  }
  fs.mkdirSync(folder)
  const claude = write('claude', [program])
  return { claude, folder, owned: { version, program: write('owned', [process.execPath, bin, 'run', '--', claude]) } }
}

async function open(version: string, skip: (reason: string) => never) {
  const client = await claudeCode(version, skip)
  const hub = await openHubFixture({ clock: new RealClock() })
  const home = await clientHome({ env: { ...hub.env, XDG_CONFIG_HOME: undefined } })
  const session = (id: string) => hub.client.getSession(id).catch(() => undefined)
  return { ...install(home, client), client: hub.client, env: hub.env, home, session, cwd: await home.project('shop') }
}

/** The client is a child of the terminal's program here, so its file is found by the home. */
async function processFile(home: ClientHome, wanted: (file: ProcessFile) => boolean = () => true): Promise<ProcessFile> {
  await expect.poll(() => home.processFiles().find(wanted)).toBeDefined()
  return home.processFiles().find(wanted) as ProcessFile
}

/** Like the terminal's own, which would wait for the client's file under another process id. */
async function submit(terminal: ClientTerminal, command: string): Promise<void> {
  terminal.type(command)
  await terminal.waitForScreen(command)
  await sleep(300)
  terminal.key('enter')
}

describe.for([newest, old])('signalbox run with Claude Code %s', (version) => {
  test('shows an interactive session through /clear, to its end', async ({ skip }) => {
    const { owned, home, cwd, session } = await open(version, skip)
    const terminal = home.terminal(owned, { cwd })
    const { sessionId } = await processFile(home)
    await terminal.waitForScreen('❯')
    await expect
      .poll(() => session(sessionId))
      .toMatchObject({ status: 'active', project_id: cwd, claude_code: { kind: 'interactive', version } })
    await submit(terminal, '/clear')
    const next = await processFile(home, (file) => file.sessionId !== sessionId)
    await expect.poll(() => session(sessionId)).toMatchObject({ status: 'completed' })
    await expect.poll(() => session(next.sessionId)).toMatchObject({ status: 'active' })
    await submit(terminal, '/exit')
    await terminal.ended
    await expect.poll(() => session(next.sessionId)).toMatchObject({ status: 'completed' })
  })

  test('has failed when the client is killed', async ({ skip }) => {
    const { owned, home, cwd, session } = await open(version, skip)
    const terminal = home.terminal(owned, { cwd })
    const { sessionId, pid } = await processFile(home)
    await expect.poll(() => session(sessionId)).toMatchObject({ status: 'active' })
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => session(sessionId)).toMatchObject({ status: 'failed' })
    await terminal.ended
  })

  test('prints the same stream as the client itself, and takes tools, model and cost from it', async ({ skip }) => {
    const { owned, home, cwd, client } = await open(version, skip)
    const words = [
      '-p',
      script(bash('echo SECRET'), text('It is done.')),
      '--output-format',
      'stream-json',
      '--verbose',
      '--allowedTools',
      'Bash',
    ]
    const { code, stdout } = await home.print(owned, cwd, words).finished
    expect(code).toBe(0)
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const result = rows.findLast(({ type }) => type === 'result')
    const answer = rows.findLast(({ type }) => type === 'assistant') as { message: { model: string } }
    const [session] = await client.listSessions()
    expect(session).toMatchObject({
      session_id: result?.session_id,
      status: 'completed',
      claude_code: { kind: 'print', version, model: answer.message.model, cost_usd: expect.closeTo(Number(result?.total_cost_usd), 6) },
    })
    const timeline = JSON.stringify(await client.getSessionTimeline(session!.session_id))
    expect(timeline).toContain('"Bash"')
    expect(timeline).not.toContain('SECRET')
  })

  test('knows the session that is resumed, and the one that is forked', async ({ skip }) => {
    const { owned, home, cwd, client, session } = await open(version, skip)
    const id = randomUUID()
    const print = (...words: string[]) => home.print(owned, cwd, ['-p', script(text('ok')), ...words]).finished
    expect(await print('--session-id', id)).toMatchObject({ code: 0, stdout: 'ok\n' })
    expect(await print('--resume', id)).toMatchObject({ code: 0, stdout: 'ok\n' })
    expect(await session(id)).toMatchObject({ status: 'completed' })
    expect(await print('--resume', id, '--fork-session')).toMatchObject({ code: 0, stdout: 'ok\n' })
    expect(await client.listSessions()).toHaveLength(2)
  })
})

test('the example claude-queue works with the real client', async ({ skip }) => {
  const { home, cwd, folder, client, env } = await open(newest, skip)
  const { code, stderr } = await run(
    process.execPath,
    [path.join(repositoryRoot, 'examples/claude-queue/main.ts'), script(text('one')), script(text('two'))],
    {
      cwd,
      env: { ...home.env, ...env, PATH: `${folder}:${process.env.PATH}` },
    },
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const sessions = await client.listSessions()
  expect(sessions.map(({ status }) => status)).toEqual(['completed', 'completed'])
  expect(new Set(home.api.answers.map(({ sessionId }) => sessionId))).toEqual(new Set(sessions.map(({ session_id }) => session_id)))
})

test('the example settings.json reports a session of the real client', async ({ skip }) => {
  const { claude, home, cwd, session } = await open(newest, skip)
  home.changeSettings(JSON.parse(textOf('examples/settings/settings.json')) as object)
  const terminal = home.terminal({ version: newest, program: claude }, { cwd })
  const { sessionId } = await terminal.ready()
  await terminal.submit(script(bash('echo 42 > made.txt'), text('It is done.')))
  await expect.poll(() => session(sessionId)).toMatchObject({ activity: 'waiting', waiting_for: 'permission', project_id: 'shop' })
  await terminal.answerPermission('yes')
  await expect.poll(() => session(sessionId)).toMatchObject({ activity: 'idle', claude_code: { sources: ['hook'] } })
  await terminal.submit('/exit')
  await expect.poll(() => session(sessionId)).toMatchObject({ status: 'completed' })
})

test('hooks that `signalbox hooks install` has written run in the real client without a word, and are spooled', async ({ skip }) => {
  const { claude, home, cwd } = await open(newest, skip)
  const data = path.join(home.folder, 'data')
  const env = { ...home.env, DATA_DIR: data, CLAUDE_CONFIG_DIR: home.config }
  expect(await run(process.execPath, [bin, 'hooks', 'install'], { cwd, env })).toMatchObject({ code: 0 })
  const printed = await home.print({ version: newest, program: claude }, cwd, ['-p', script(text('It is done.'))]).finished
  expect(printed).toMatchObject({ code: 0, stdout: 'It is done.\n', stderr: '' })
  await expect
    .poll(async () => JSON.parse((await run(process.execPath, [bin, 'hooks', 'status', '--json'], { cwd, env })).stdout))
    .toMatchObject([{ state: 'installed', last_event_at: expect.stringMatching(/Z$/) }])
})
