import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { openHubFixture, RealClock } from '../apps/cli/src/hub.suite.ts'
import { run } from './support/child.ts'
import { repositoryRoot, textOf } from './support/repository.ts'
import { tempFolder } from './support/temp.ts'

// The examples are run as their readers would run them, against a whole hub. `orchestrator` has a trip of its own; those
// that run Claude Code run the real one in test/claude-code.

const example = (file: string) => path.join(repositoryRoot, 'examples', file)

/** A folder with a program `claude` that notes its arguments, and fails as often as `failures` says. */
function fakeClaude(failures = 0) {
  const folder = tempFolder()
  const log = path.join(folder, 'log')
  const script = `#!/bin/sh
printf '%s|' "$@" >>'${log}'; echo >>'${log}'
[ "$(wc -l <'${log}')" -gt ${failures} ]
`
  fs.writeFileSync(path.join(folder, 'claude'), script, { mode: 0o755 })
  return {
    PATH: `${folder}${path.delimiter}${process.env.PATH}`,
    calls: () =>
      fs.existsSync(log)
        ? fs
            .readFileSync(log, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => line.split('|').slice(0, -1))
        : [],
  }
}

const openHub = () => openHubFixture({ clock: new RealClock() })

describe.runIf(process.platform !== 'win32')('the examples', () => {
  it('claude-queue: each prompt is a session with a task, and one that failed is recovered and resumed', async () => {
    const { env, client } = await openHub()
    const { PATH, calls } = fakeClaude(1)
    const { code, stdout, stderr } = await run(process.execPath, [example('claude-queue/main.ts'), '--slots', '1', 'fix it', 'say it'], {
      cwd: repositoryRoot,
      env: { ...env, PATH },
    })
    expect(stdout.match(/is done/g)?.length, stderr).toBe(2)
    expect(code).toBe(0)
    const sessions = (await client.listSessions()).reverse()
    expect(sessions.map(({ status, docker_slot }) => [status, docker_slot])).toEqual([
      ['completed', undefined],
      ['completed', undefined],
    ])
    const [first, second] = sessions.map(({ session_id }) => session_id)
    expect(calls()).toEqual([
      ['-p', '--session-id', first, 'fix it'],
      ['-p', '--resume', first, expect.stringContaining('Go on')],
      ['-p', '--session-id', second, 'say it'],
    ])
    expect((await client.getSessionRecoveryHistory(first!)).total_attempts).toBe(1)
    for (const { session_id } of sessions)
      expect((await client.getSessionTaskProgress(session_id)).stats).toMatchObject({ total: 1, completed: 1 })
  })

  it.each(['claude-queue/main.ts', 'orchestrator/main.ts'])('%s: finds the hub and its key as the commands do', async (file) => {
    const { env, url, client } = await openHub()
    const folder = tempFolder()
    const credentials = { url, key: env.SIGNALBOX_API_KEY, key_id: 'k', machine_id: 'm', connected_at: new Date().toISOString() }
    fs.mkdirSync(path.join(folder, 'signalbox'))
    fs.writeFileSync(path.join(folder, 'signalbox/credentials.json'), JSON.stringify(credentials), { mode: 0o600 })
    const nothing = { SIGNALBOX_URL: undefined, SIGNALBOX_API_KEY: undefined, MACHINE_ID: undefined, DATA_DIR: path.join(folder, 'data') }
    const { PATH } = fakeClaude()
    const words = file.startsWith('orchestrator') ? ['--fast'] : ['fix it']
    const { code, stderr } = await run(process.execPath, [example(file), ...words], {
      cwd: repositoryRoot,
      env: { ...nothing, XDG_CONFIG_HOME: folder, PATH },
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect((await client.listSessions()).every(({ status }) => status === 'completed')).toBe(true)
  })

  it.each([
    ['claude-queue/main.ts', { SIGNALBOX_API_KEY: 'wrong' }, 'Invalid API key'],
    ['claude-queue/main.ts', { SIGNALBOX_URL: 'nowhere' }, 'SIGNALBOX_URL'],
    ['orchestrator/main.ts', { SIGNALBOX_API_KEY: 'wrong' }, 'Invalid API key'],
    ['orchestrator/main.ts', { SIGNALBOX_URL: 'nowhere' }, 'SIGNALBOX_URL'],
  ])('%s: says what is wrong with %j and what to do, without a stack', async (file, more, message) => {
    const { env } = await openHub()
    const words = file.startsWith('claude-queue') ? ['fix it'] : []
    const { code, stderr } = await run(process.execPath, [example(file), ...words], { cwd: repositoryRoot, env: { ...env, ...more } })
    expect(code).toBe(1)
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('shell/loop.sh: each line is a task of one session', async () => {
    const { env, client } = await openHub()
    const { PATH, calls } = fakeClaude()
    const lines = ['fix the login', 'say "hi" \\ there']
    const { code, stderr } = await run('sh', [example('shell/loop.sh'), 'claude', '-p'], {
      env: { ...env, PATH },
      input: `${lines.join('\n')}\n`,
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(calls()).toEqual(lines.map((line) => ['-p', line]))
    const [session] = await client.listSessions()
    expect(session).toMatchObject({ status: 'completed', project_id: 'shell-loop' })
    const { tasks } = await client.getSessionTaskProgress(session!.session_id)
    expect(tasks.completed.map(({ task_name }) => task_name).sort()).toEqual([...lines].sort())
  })

  it('shell/loop.sh: a task that fails, and a hub that is away, do not stop the others', async () => {
    const { env, client } = await openHub()
    const failing = fakeClaude(1)
    const start = (more: object) =>
      run('sh', [example('shell/loop.sh'), 'claude'], { env: { ...env, PATH: failing.PATH, ...more }, input: 'one\ntwo\n' })
    expect((await start({})).code).toBe(1)
    const [session] = await client.listSessions()
    expect(session).toMatchObject({ status: 'failed' })
    expect((await client.getSessionTaskProgress(session!.session_id)).stats).toMatchObject({ completed: 1, failed: 1 })
    const away = await start({ SIGNALBOX_URL: 'http://127.0.0.1:9' })
    expect(away.code).toBe(0)
    expect(failing.calls()).toHaveLength(4)
  })

  it('shell/loop.sh: stops when its session was recovered, and changes nothing of what the successor does', async () => {
    const { env, client, url } = await openHub()
    const folder = tempFolder()
    // While the loop runs its first task, its session is given up and goes on at another machine.
    const recover = `
      const { url, key } = JSON.parse(process.argv[1])
      const ask = (method, path, body = {}) =>
        fetch(url + path, { method, headers: { authorization: 'Bearer ' + key, 'content-type': 'application/json' }, ...(method === 'GET' ? {} : { body: JSON.stringify(body) }) })
      const [{ session_id }] = await (await ask('GET', '/sessions')).json()
      await ask('POST', '/sessions/' + session_id + '/mark-failed', { reason: 'lost' })
      await ask('POST', '/sessions/' + session_id + '/recover', { new_machine_id: 'other' })`
    const where = JSON.stringify({ url, key: env.SIGNALBOX_API_KEY })
    const log = path.join(folder, 'log')
    const program = `echo "$1" >>'${log}'; '${process.execPath}' --input-type=module -e "$CODE" '${where}'`
    const { code, stderr } = await run('sh', [example('shell/loop.sh'), 'sh', '-c', program, 'sh'], {
      env: { ...env, CODE: recover },
      input: 'one\ntwo\n',
    })
    expect([code, stderr]).toEqual([1, "the session was recovered and is another worker's now; stopping\n"])
    expect(fs.readFileSync(log, 'utf8')).toBe('one\n')
    const [session] = await client.listSessions()
    expect(session).toMatchObject({ status: 'active', machine_id: 'other', attempt: 2 })
    const { tasks } = await client.getSessionTaskProgress(session!.session_id)
    expect(tasks.pending.map(({ task_name }) => task_name)).toEqual(['one'])
  })

  interface Step {
    readonly name?: string
    readonly run?: string
    readonly uses?: string
    readonly if?: string
    readonly 'continue-on-error'?: boolean
    readonly env?: Record<string, string>
  }

  /** Does the run-steps of the workflow as a runner of GitHub does; the step that installs is left out. */
  async function runWorkflow(env: Record<string, string>) {
    const { jobs } = parse(textOf('examples/github-action/claude.yml')) as {
      jobs: { claude: { env: Record<string, string>; steps: Step[] } }
    }
    const folder = tempFolder()
    const file = path.join(folder, 'env')
    fs.writeFileSync(file, '')
    let status = 'success'
    const expressions: Record<string, () => string> = {
      'secrets.SIGNALBOX_URL': () => env.SIGNALBOX_URL ?? '',
      'secrets.SIGNALBOX_API_KEY': () => env.SIGNALBOX_API_KEY ?? '',
      'secrets.ANTHROPIC_API_KEY': () => 'sk-ant-dummy',
      'inputs.prompt': () => 'fix "it" $(touch harm)',
      'job.status': () => status,
    }
    const fill = (values: Record<string, string> = {}) =>
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name,
          value.replace(/\$\{\{ (.+?) \}\}/g, (_, expression: string) => expressions[expression]!()),
        ]),
      )
    for (const step of jobs.claude.steps) {
      if (step.run === undefined || step.name === 'Install Claude Code') continue
      expect(step.run, 'an expression in a script').not.toContain('${{')
      if (status !== 'success' && step.if !== 'always()') continue
      const fromFile = Object.fromEntries(
        fs
          .readFileSync(file, 'utf8')
          .trimEnd()
          .split('\n')
          .filter(Boolean)
          .map((line) => line.split('=', 2)),
      )
      const { code } = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
        cwd: folder,
        env: {
          PATH: env.PATH,
          GITHUB_ENV: file,
          GITHUB_REPOSITORY: 'someone/shop',
          GITHUB_REF_NAME: 'main',
          GITHUB_RUN_ID: '7',
          GITHUB_SERVER_URL: 'https://github.com',
          ...fill(jobs.claude.env),
          ...fromFile,
          ...fill(step.env),
        },
      })
      if (code !== 0 && !step['continue-on-error']) status = 'failure'
    }
    expect(fs.existsSync(path.join(folder, 'harm'))).toBe(false)
    return status
  }

  it('github-action: the job is a session that ends as the job does, also without a hub', async () => {
    const { env, client } = await openHub()
    for (const [failures, expected] of [
      [0, 'completed'],
      [1, 'failed'],
    ] as const) {
      const { PATH, calls } = fakeClaude(failures)
      expect(await runWorkflow({ ...env, PATH })).toBe(failures === 0 ? 'success' : 'failure')
      const [session] = await client.listSessions({ limit: 1 })
      expect(session).toMatchObject({ status: expected, project_id: 'shop', machine_id: 'github-actions', metadata: { branch: 'main' } })
      expect(calls()[0]!.slice(0, 4)).toEqual(['-p', 'fix "it" $(touch harm)', '--session-id', session!.session_id])
    }
    const { PATH } = fakeClaude()
    expect(await runWorkflow({ SIGNALBOX_URL: 'http://127.0.0.1:9', SIGNALBOX_API_KEY: '', PATH })).toBe('success')
  })

  it('settings: each hook reports its observation, prints nothing, and never fails', async () => {
    const { env, client } = await openHub()
    const { hooks } = JSON.parse(textOf('examples/settings/settings.json')) as { hooks: Record<string, [{ hooks: [{ command: string }] }]> }
    const id = randomUUID()
    const fire = async (event: string, more: Record<string, string> = {}) => {
      const result = await run('sh', ['-c', hooks[event]![0].hooks[0].command], {
        env: { ...env, CLAUDE_CODE_SESSION_ID: id, CLAUDE_PROJECT_DIR: '/home/dev/shop', ...more },
        input: '{"prompt": "SECRET"}',
      })
      expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    }
    const session = () => client.getSession(id)
    await fire('SessionStart')
    expect(await session()).toMatchObject({ status: 'active', activity: 'idle', project_id: 'shop', claude_code: { sources: ['hook'] } })
    await fire('UserPromptSubmit')
    expect(await session()).toMatchObject({ activity: 'working' })
    await fire('PermissionRequest')
    expect(await session()).toMatchObject({ activity: 'waiting', waiting_for: 'permission' })
    await fire('PostToolUse')
    expect(await session()).toMatchObject({ activity: 'working' })
    await fire('Stop')
    expect(await session()).toMatchObject({ activity: 'idle' })
    await fire('SessionEnd')
    expect(await session()).toMatchObject({ status: 'completed' })
    for (const event of Object.keys(hooks)) await fire(event, { SIGNALBOX_URL: 'http://127.0.0.1:9' })
  })
})
