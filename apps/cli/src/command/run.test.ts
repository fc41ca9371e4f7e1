import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { start } from '../../../../test/support/child.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { signalbox, startSignalbox } from '../cli.suite.ts'
import { openHubFixture, RealClock } from '../hub.suite.ts'

const bin = fileURLToPath(new URL('../../bin/signalbox.mjs', import.meta.url))
const posix = process.platform !== 'win32'

/** An address at which nothing listens. */
const noHub = { SIGNALBOX_URL: 'http://127.0.0.1:9' }

/** A program called `claude`, written in JavaScript. */
function fakeClaude(folder: string, script: string): string {
  const file = path.join(folder, 'bin', 'claude')
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, `#!${process.execPath}\n${script}\n`, { mode: 0o755 })
  return file
}

const stream = ['-p', '--output-format', 'stream-json']

/** Runs `signalbox run` and reads its output as bytes. */
async function runBytes(folder: string, command: readonly string[], input?: Buffer) {
  const child = spawn(process.execPath, [bin, 'run', '--', ...command], {
    env: { ...process.env, DATA_DIR: path.join(folder, 'data'), SIGNALBOX_API_KEY: '', ...noHub },
  })
  const hash = createHash('sha256')
  let length = 0
  child.stdout.on('data', (piece: Buffer) => {
    hash.update(piece)
    length += piece.length
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number]
  return { code, length, hash: hash.digest('hex') }
}

const writeRandom = `
const { createHash, randomBytes } = require('node:crypto'); const fs = require('node:fs')
const hash = createHash('sha256')
for (let i = 0; i < 800; i++) {
  const piece = randomBytes(65536 + i); hash.update(piece)
  for (let at = 0; at < piece.length; ) {
    try { at += fs.writeSync(1, piece, at) } catch (error) { if (error.code !== 'EAGAIN') throw error }
  }
}
fs.writeFileSync(process.env.HASH_FILE ?? process.argv.at(-1), hash.digest('hex'))`

it.skipIf(!posix)('the program makes files as its user wants them, although those of signalbox are private', async () => {
  const folder = tempFolder()
  const made = path.join(folder, 'made')
  const former = process.platform === 'win32' ? 0 : 0o022
  const child = spawn('sh', ['-c', `umask ${former.toString(8)}; exec "$0" "$@"`, process.execPath, bin, 'run', '--', 'touch', made], {
    env: { ...process.env, DATA_DIR: path.join(folder, 'data'), SIGNALBOX_API_KEY: '', ...noHub },
    stdio: 'ignore',
  })
  await once(child, 'close')
  expect(fs.statSync(made).mode & 0o777).toBe(0o644)
})

describe('what goes in and out', () => {
  it.each([
    ['with the output of our own process', []],
    ['with a stream that is read on its way', stream],
  ])('is the same byte for byte, 50 MB of it, %s', async (_, options) => {
    const folder = tempFolder()
    const hashFile = path.join(folder, 'hash')
    const { code, length, hash } = await runBytes(folder, [fakeClaude(folder, writeRandom), ...options, hashFile])
    expect(code).toBe(0)
    expect(length).toBeGreaterThan(50_000_000)
    expect(hash).toBe(fs.readFileSync(hashFile, 'utf8'))
  })

  it('is read from a pipe by the program itself', async () => {
    const folder = tempFolder()
    const input = Buffer.alloc(3_000_000, Buffer.from([0, 255, 10, 13, 200]))
    const echo = fakeClaude(folder, 'process.stdin.pipe(process.stdout)')
    for (const options of [[], stream]) {
      const { code, hash } = await runBytes(folder, [echo, ...options], input)
      expect({ code, hash }).toEqual({ code: 0, hash: createHash('sha256').update(input).digest('hex') })
    }
  })

  it('ends for the program when the reader closes its end', async () => {
    const folder = tempFolder()
    const claude = fakeClaude(
      folder,
      `const fs = require('node:fs'); process.on('exit', () => fs.writeFileSync(process.env.END_FILE, 'ended'))
      try { for (;;) { try { fs.writeSync(1, '{"type":"x"}\\n') } catch (error) { if (error.code !== 'EAGAIN') throw error } } } catch (error) { process.exit(error.code === 'EPIPE' ? 9 : 8) }`,
    )
    for (const options of ['', stream.join(' ')]) {
      const END_FILE = path.join(folder, `end${options.length}`)
      const { stdout } = await start('sh', ['-c', `{ "$NODE" "$BIN" run -- "$CLAUDE" ${options}; echo "code $?" >&2; } | head -1`], {
        env: { ...noHub, NODE: process.execPath, BIN: bin, CLAUDE: claude, END_FILE, DATA_DIR: path.join(folder, 'data') },
      }).finished
      expect(stdout).toBe('{"type":"x"}\n')
      await expect.poll(() => fs.existsSync(END_FILE)).toBe(true)
    }
  })

  it('is no faster than its reader', async () => {
    const folder = tempFolder()
    const file = path.join(folder, 'written')
    const claude = fakeClaude(
      folder,
      `const fs = require('node:fs'); let written = 0
      const go = () => { process.stdout.write(Buffer.alloc(65536), () => { written += 65536; fs.writeFileSync(process.argv.at(-1), String(written)); if (written < 20e6) go() }) }; go()`,
    )
    const child = spawn(process.execPath, [bin, 'run', '--', claude, ...stream, file], {
      env: { ...process.env, ...noHub, DATA_DIR: folder },
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const written = () => (fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0)
    await expect.poll(written).toBeGreaterThan(0)
    let before = -1
    while (before !== written()) {
      before = written()
      await sleep(300)
    }
    expect(before).toBeLessThan(5_000_000)
    let length = 0
    child.stdout.on('data', (piece: Buffer) => (length += piece.length))
    const [code] = await once(child, 'close')
    expect({ code, enough: length >= 20e6 }).toEqual({ code: 0, enough: true })
  })

  it('comes with the environment of this process, and the id of the session', async () => {
    const env = { PATH: process.env.PATH, HOME: tempFolder(), DATA_DIR: tempFolder(), ...noHub }
    const child = spawn(process.execPath, [bin, 'run', '--', process.execPath, '-p', 'JSON.stringify(process.env)'], { env })
    let text = ''
    child.stdout.on('data', (piece: Buffer) => (text += piece.toString()))
    await once(child, 'close')
    expect(JSON.parse(text)).toEqual({ ...env, SIGNALBOX_SESSION_ID: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  })
})

describe.runIf(posix)('the end', () => {
  it('is the exit code of the program', async () => {
    expect(await signalbox(tempFolder(), ['run', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7'], noHub)).toEqual({
      code: 7,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    })
  })

  it.each(['SIGTERM', 'SIGKILL', 'SIGINT', 'SIGHUP'] as const)('is %s where that ended the program', async (signal) => {
    const { code, signal: own } = await signalbox(tempFolder(), ['run', '--', 'sh', '-c', `kill -${signal.slice(3)} $$`], noHub)
    expect({ code, own }).toEqual({ code: null, own: signal })
  })

  it('is that of a shell for a program that cannot be started', async () => {
    const folder = tempFolder()
    const missing = await signalbox(folder, ['run', '--', 'no-such-program'], noHub)
    expect(missing).toMatchObject({ code: 127, stdout: '', stderr: expect.stringMatching(/no-such-program: command not found/) })
    fs.writeFileSync(path.join(folder, 'text'), 'no program')
    expect(await signalbox(folder, ['run', '--', path.join(folder, 'text')], noHub)).toMatchObject({ code: 126 })
    expect(await signalbox(folder, ['run'], noHub)).toMatchObject({ code: 2 })
  })
})

describe.runIf(posix)('a signal', () => {
  const listener = `
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2', 'SIGCONT', 'SIGWINCH']) process.on(signal, () => console.log('got ' + signal))
    process.on('SIGUSR1', () => setTimeout(() => process.exit(11), 200))
    setInterval(() => {}, 1000); console.log('ready')`

  it('that is sent to us reaches the program, once', async () => {
    const folder = tempFolder()
    const child = start('setsid', [process.execPath, bin, 'run', '--', process.execPath, '-e', listener], {
      env: { ...noHub, DATA_DIR: folder },
    })
    await child.line(/ready/)
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2', 'SIGTERM', 'SIGWINCH'] as const) {
      child.process.kill(signal)
      await child.line(new RegExp(`got ${signal}`))
    }
    child.process.kill('SIGUSR1')
    const { code, stdout } = await child.finished
    expect({ code, got: stdout.match(/got \w+/g)?.length }).toEqual({ code: 11, got: 6 })
  })
})

/** A shell with job control on a terminal of its own. */
function openTerminal(folder: string) {
  const child = spawn('script', ['-qfec', 'bash --norc --noprofile -i', '/dev/null'], {
    cwd: folder,
    env: {
      ...process.env,
      ...noHub,
      DATA_DIR: path.join(folder, 'data'),
      PS1: '$ ',
      RUN: `${process.execPath} ${bin} run --`,
      TERM: 'dumb',
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (piece: Buffer) => (output += piece.toString()))
  return {
    type: (text: string) => void child.stdin.write(text),
    shows: (pattern: RegExp) => expect.poll(() => output).toMatch(pattern),
    output: () => output,
  }
}

const hasScript = process.platform === 'linux' && fs.existsSync('/usr/bin/script')

describe.runIf(hasScript)('in a terminal (of util-linux)', () => {
  it('Ctrl-C reaches the program once', async () => {
    const folder = tempFolder()
    fs.writeFileSync(
      path.join(folder, 'program.cjs'),
      `let times = 0; process.on('SIGINT', () => { times++; setTimeout(() => { console.log('times:' + times); process.exit(5) }, 300) }); setInterval(() => {}, 1000); console.log('rea' + 'dy')`,
    )
    const terminal = openTerminal(folder)
    terminal.type(`$RUN ${process.execPath} program.cjs; echo code:$?\n`)
    await terminal.shows(/ready/)
    terminal.type('\x03')
    await terminal.shows(/code:5/)
    expect(terminal.output()).toMatch(/times:1\b/)
  })

  it('a program that stops itself, as Claude Code does at Ctrl-Z, stops the job, and `fg` goes on with it', async () => {
    const terminal = openTerminal(tempFolder())
    terminal.type(`$RUN sh -c 'echo be""fore; kill -STOP $$; echo af"ter"; exit 6'; echo code:$?\n`)
    await terminal.shows(/before[\s\S]*Stopped/)
    expect(terminal.output()).not.toMatch(/after/)
    terminal.type('fg\necho code:$?\n')
    await terminal.shows(/after[\s\S]*code:6/)
  })

  it('Ctrl-Z stops the job', async () => {
    const terminal = openTerminal(tempFolder())
    // It waits for a line, and so for as long as a busy machine needs.
    terminal.type(`$RUN sh -c 'echo be"fore"; read line; echo af"ter"'\n`)
    await terminal.shows(/before/)
    terminal.type('\x1a')
    await terminal.shows(/Stopped/)
    terminal.type('fg\n')
    await terminal.shows(/Stopped[\s\S]*sh -c/)
    terminal.type('\n')
    await terminal.shows(/after/)
  })

  it('a program that was killed is called so by the shell', async () => {
    const terminal = openTerminal(tempFolder())
    terminal.type(`$RUN sh -c 'kill -KILL $$'; echo code:$?\n`)
    await terminal.shows(/Killed[\s\S]*code:137/)
  })
})

/** Lines as Claude Code 2.1.332 writes them, with a word in each place that has content. */
function streamOf(sessionId: string): string {
  const id = { session_id: sessionId }
  const usage = { input_tokens: 12, cache_creation_input_tokens: 300, cache_read_input_tokens: 4000, output_tokens: 1 }
  const answer = (content: unknown[]) => ({
    type: 'assistant',
    message: { model: 'claude-opus-5-5', content, usage },
    parent_tool_use_id: null,
    ...id,
  })
  return [
    {
      type: 'system',
      subtype: 'init',
      cwd: '/SECRET',
      ...id,
      model: 'claude-opus-5-5',
      permissionMode: 'default',
      claude_code_version: '2.1.332',
    },
    answer([{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'SECRET' } }]),
    { type: 'user', message: { content: [{ tool_use_id: 'toolu_1', type: 'tool_result', content: 'SECRET', is_error: true }] }, ...id },
    { type: 'user', message: { content: 'x'.repeat(5_000_000) }, ...id },
    answer([{ type: 'text', text: 'SECRET' }]),
    {
      type: 'result',
      subtype: 'success',
      is_error: false,
      duration_ms: 1234,
      total_cost_usd: 0.25,
      result: 'SECRET',
      modelUsage: {
        'claude-opus-5-5': {
          inputTokens: 24,
          outputTokens: 84,
          cacheReadInputTokens: 8000,
          cacheCreationInputTokens: 600,
          contextWindow: 1000000,
        },
      },
      ...id,
    },
  ]
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('')
}

/** A `claude` that prints a stream for the session that its arguments name. */
function streamingClaude(folder: string, ending = ''): string {
  const text = streamOf('SESSION')
  fs.writeFileSync(path.join(folder, 'stream'), text)
  return fakeClaude(
    folder,
    `const fs = require('node:fs'); const id = process.argv[process.argv.indexOf('--session-id') + 1]
    process.stdout.write(fs.readFileSync(${JSON.stringify(path.join(folder, 'stream'))}, 'utf8').replaceAll('SESSION', id), () => { ${ending} })`,
  )
}

describe('at the hub', () => {
  it('a run with a stream has its tools, turn, model and cost, and nothing that was said', async () => {
    const { hub, env, client } = await openHubFixture({ clock: new RealClock() })
    const folder = tempFolder()
    const claude = streamingClaude(folder)
    const { code, stderr } = await signalbox(
      folder,
      ['run', '--name', 'nightly', '--project', 'shop', '--machine', 'box-2', '--', claude, ...stream],
      env,
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [session, ...others] = await client.listSessions()
    expect(others).toEqual([])
    expect(session).toMatchObject({
      project_id: 'shop',
      machine_id: 'box-2',
      status: 'completed',
      claude_code: {
        name: 'nightly',
        kind: 'print',
        model: 'claude-opus-5-5',
        version: '2.1.332',
        permission_mode: 'default',
        context_tokens: 4312,
        context_limit: 1000000,
        cost_usd: 0.25,
        output_tokens: 84,
        sources: ['run'],
      },
    })
    const timeline = await client.getSessionTimeline(session!.session_id)
    const shown = JSON.stringify(timeline)
    expect(shown).toMatch(/"Bash"/)
    expect(shown).toMatch(/exit code 0/)
    const stored = fs.readdirSync(hub.folder ?? '').map((name) => fs.readFileSync(path.join(hub.folder ?? '', name), 'latin1'))
    expect(stored.length).toBeGreaterThan(0)
    for (const text of [shown, JSON.stringify(session), ...stored]) expect(text).not.toContain('SECRET')
  })

  it.runIf(posix)('a run that fails or is killed has failed, with the reason', async () => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    const folder = tempFolder()
    for (const [ending, reason] of [
      ['process.exit(3)', 'exit code 3'],
      ["process.kill(process.pid, 'SIGKILL')", 'SIGKILL'],
    ] as const) {
      const id = randomUUID()
      await signalbox(folder, ['run', '--', streamingClaude(folder, ending), '--session-id', id, ...stream], env)
      expect((await client.getSession(id)).status).toBe('failed')
      expect(JSON.stringify(await client.getSessionTimeline(id))).toContain(reason)
    }
  })

  it('a program other than Claude Code is one session, active while it runs', async () => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    const child = startSignalbox(tempFolder(), ['run', '--', process.execPath, '-e', 'setInterval(() => {}, 1000)'], env)
    onTestFinished(() => void child.stop('SIGKILL'))
    await expect.poll(() => client.listSessions()).toMatchObject([{ status: 'active', activity: 'working' }])
    await child.stop('SIGTERM')
    expect(await client.listSessions()).toMatchObject([{ status: 'failed' }])
  })

  it('an interactive session goes by the file of its process, also to another session', async () => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    const folder = tempFolder()
    const ids = [randomUUID(), randomUUID()]
    // A terminal is needed for an interactive session; a resumed one by name shows the way of an unknown id.
    const claude = fakeClaude(
      folder,
      `const fs = require('node:fs'), path = require('node:path'); const dir = path.join(process.env.CLAUDE_CONFIG_DIR, 'sessions'); fs.mkdirSync(dir, { recursive: true })
      const write = (sessionId, status) => fs.writeFileSync(path.join(dir, process.pid + '.json'), JSON.stringify({ pid: process.pid, sessionId, version: '2.1.332', status, statusUpdatedAt: Date.now(), waitingFor: 'permission prompt' }))
      write('${ids[0]}', 'waiting'); process.stdin.on('data', (text) => String(text).includes('clear') ? write('${ids[1]}', 'busy') : process.exit(0))`,
    )
    const config = path.join(folder, 'claude')
    const child = spawn('script', ['-qfec', `${process.execPath} ${bin} run -- ${claude} --resume fix-login`, '/dev/null'], {
      env: { ...process.env, ...env, DATA_DIR: folder, CLAUDE_CONFIG_DIR: config },
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const session = (id: string | undefined) => client.getSession(id ?? '').catch(() => undefined)
    await expect
      .poll(() => session(ids[0]))
      .toMatchObject({ status: 'active', activity: 'waiting', waiting_for: 'permission', claude_code: { kind: 'interactive' } })
    child.stdin.write('clear\n')
    await expect.poll(() => session(ids[1])).toMatchObject({ status: 'active', activity: 'working' })
    expect(await session(ids[0])).toMatchObject({ status: 'completed' })
    child.stdin.write('exit\n')
    await expect.poll(() => session(ids[1])).toMatchObject({ status: 'completed' })
  })

  it('commands of Claude Code that start no session are none', async () => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    const folder = tempFolder()
    const { stdout } = await signalbox(
      folder,
      ['run', '--', fakeClaude(folder, 'console.log(process.argv.slice(2).join(" "))'), 'mcp', 'list'],
      env,
    )
    expect(stdout).toBe('mcp list\n')
    expect(await client.listSessions()).toEqual([])
  })
})

describe('a slot and a task', () => {
  it('are held while the program runs, then free and done', async () => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    await client.createMachine({ machine_id: 'box-2', hostname: 'box-2', docker_slots: [1, 2] })
    const folder = tempFolder()
    const words = ['run', '--machine', 'box-2', '--slot', '2', '--task', 'fix login', '--']
    const child = startSignalbox(
      folder,
      [...words, process.execPath, '-e', 'console.log("up"); setInterval(() => {}, 1000); process.on("SIGTERM", () => process.exit(0))'],
      env,
    )
    onTestFinished(() => void child.stop('SIGKILL'))
    await child.line(/up/)
    const [session] = await client.listSessions()
    expect(session).toMatchObject({ machine_id: 'box-2', docker_slot: 2 })
    const tasks = () => client.getSessionTaskProgress(session!.session_id)
    await expect.poll(tasks).toMatchObject({ tasks: { in_progress: [{ task_name: 'fix login' }] } })

    const second = await signalbox(folder, [...words, process.execPath, '-e', 'console.log("started")'], env)
    expect(second).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/slot/i) })

    await child.stop('SIGTERM')
    expect(await client.getSession(session!.session_id)).toMatchObject({ status: 'completed' })
    expect((await client.getSession(session!.session_id)).docker_slot).toBeUndefined()
    expect(await tasks()).toMatchObject({ stats: { completed: 1 } })
  })

  it('a session is called like its program; a slot that the machine has not is named without a field of the hub', async () => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    await client.createMachine({ machine_id: 'box-2', hostname: 'box-2', docker_slots: [1] })
    const folder = tempFolder()
    const refused = await signalbox(folder, ['run', '--machine', 'box-2', '--slot', '9', '--', process.execPath, '-e', '0'], env)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^signalbox: the machine box-2 has no slot 9\b/) })
    await signalbox(folder, ['run', '--', process.execPath, '-e', 'setTimeout(() => {}, 300)'], env)
    const [session] = await client.listSessions()
    expect(session?.claude_code?.name).toBe(path.basename(process.execPath).replace(/\.exe$/i, ''))
  })

  it('a program that cannot be started gives the slot back', async () => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    await client.createMachine({ machine_id: 'box-2', hostname: 'box-2', docker_slots: [1] })
    const result = await signalbox(tempFolder(), ['run', '--machine', 'box-2', '--slot', '1', '--', 'no-such-program'], env)
    expect(result.code).toBe(127)
    expect((await client.listSessions()).map(({ docker_slot }) => docker_slot)).toEqual([undefined])
  })

  it.each([
    [0, { completed: [{ task_name: 'fix login' }] }],
    [4, { failed: [{ error_message: 'ended with exit code 4' }] }],
  ])('a task is done as the program ended, with code %i, although a hook has ended the session before', async (code, tasks) => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    const folder = tempFolder()
    const words = ['run', '--task', 'fix login', '--', process.execPath, '-e']
    const child = startSignalbox(
      folder,
      [...words, `console.log("up"); setInterval(() => {}, 1000); process.on("SIGTERM", () => process.exit(${code}))`],
      env,
    )
    onTestFinished(() => void child.stop('SIGKILL'))
    await child.line(/up/)
    const inProgress = () => client.listTasks({ status: 'in_progress' })
    await expect.poll(inProgress).toHaveLength(1)
    const { session_id } = (await inProgress())[0]!
    const progress = () => client.getSessionTaskProgress(session_id)
    await client.endSession(session_id)
    expect(await progress()).toMatchObject({ tasks: { failed: [{ error_message: 'session ended' }] } })
    await child.stop('SIGTERM')
    expect(await progress()).toMatchObject({ tasks })
  })

  it('a task of a program that fails has failed', async () => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    await signalbox(
      tempFolder(),
      ['run', '--task', 'fix login', '--', process.execPath, '-e', 'setTimeout(() => process.exit(4), 500)'],
      env,
    )
    const [session] = await client.listSessions()
    expect(await client.getSessionTaskProgress(session!.session_id)).toMatchObject({
      tasks: { failed: [{ error_message: 'ended with exit code 4' }] },
    })
  })
})

describe('without a hub', () => {
  const spooled = (folder: string) => {
    const spool = path.join(folder, 'data', 'run-spool')
    return fs.existsSync(spool) ? fs.readdirSync(spool) : []
  }

  it.each([
    ['nothing listens', noHub],
    ['a slot cannot be claimed', noHub, ['--slot', '1', '--task', 'x']],
  ])('the program runs, nothing is said, and the next run sends what was seen: %s', async (_, down, options: string[] = []) => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    const folder = tempFolder()
    const id = randomUUID()
    const run = (extra: Record<string, string>, ...words: string[]) =>
      signalbox(folder, ['run', ...words, '--', streamingClaude(folder), '--session-id', id, ...stream], extra)
    const away = await run(down, ...options)
    expect({ code: away.code, stderr: away.stderr }).toEqual({ code: 0, stderr: '' })
    expect(spooled(folder)).toHaveLength(1)
    const file = path.join(folder, 'data', 'run-spool', spooled(folder)[0]!)
    expect(fs.readFileSync(file, 'utf8')).not.toContain('SECRET')
    if (posix) expect(fs.statSync(file).mode & 0o077).toBe(0)
    expect(await client.listSessions()).toEqual([])

    await signalbox(folder, ['run', '--', process.execPath, '-e', ''], env)
    expect(spooled(folder)).toEqual([])
    expect(await client.getSession(id)).toMatchObject({ status: 'completed', claude_code: { cost_usd: 0.25 } })
  })

  it('with a wrong key it is the same, and only --verbose says a line', async () => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    const folder = tempFolder()
    const run = (words: string[], extra: object) =>
      signalbox(folder, ['run', ...words, '--', process.execPath, '-e', ''], { ...env, ...extra })
    expect(await run([], { SIGNALBOX_API_KEY: 'wrong' })).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    const { code, stderr } = await run(['--verbose'], { SIGNALBOX_API_KEY: 'wrong' })
    expect(code).toBe(0)
    expect(stderr).toMatch(/^signalbox: .*key.*; what this run reports is kept and sent later\.\n$/i)
    expect(spooled(folder)).toHaveLength(2)
    await run([], {})
    expect(spooled(folder)).toEqual([])
    expect((await client.listSessions()).map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
  })

  it('an outage during the run loses nothing', async () => {
    const { hub, url, env, client } = await openHubFixture({ clock: new RealClock() })
    const folder = tempFolder()
    let up = false
    // A gate in front of the hub, closed at first.
    const gate = http.createServer((request, response) => {
      if (!up) return void request.socket.destroy()
      const forwarded = http.request(url + request.url, { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      })
      request.pipe(forwarded)
    })
    gate.listen(0, '127.0.0.1')
    await once(gate, 'listening')
    onTestFinished(() => void gate.close())
    const SIGNALBOX_URL = `http://127.0.0.1:${(gate.address() as AddressInfo).port}`
    const child = startSignalbox(folder, ['run', '--', process.execPath, '-e', 'setInterval(() => {}, 1000)'], { ...env, SIGNALBOX_URL })
    onTestFinished(() => void child.stop('SIGKILL'))
    await expect.poll(() => spooled(folder)).toHaveLength(1)
    up = true
    await expect.poll(() => client.listSessions()).toMatchObject([{ status: 'active' }])
    await expect.poll(() => spooled(folder)).toEqual([])
    up = false
    await child.stop('SIGTERM')
    expect(spooled(folder)).toHaveLength(1)
    expect(hub).toBeDefined()
  })

  it('half a file, a foreign one, and a folder in the spool do no harm', async () => {
    const { env, client } = await openHubFixture({ clock: new RealClock() })
    const folder = tempFolder()
    const spool = path.join(folder, 'data', 'run-spool')
    fs.mkdirSync(path.join(spool, 'folder.json'), { recursive: true })
    fs.writeFileSync(path.join(spool, '1.json'), '{"machine_id": "box", "obser')
    fs.writeFileSync(path.join(spool, '2.json'), '[]')
    fs.writeFileSync(path.join(spool, '3.json'), JSON.stringify({ machine_id: 'box', observations: [{ nonsense: true }] }))
    expect(await signalbox(folder, ['run', '--', process.execPath, '-e', ''], env)).toMatchObject({ code: 0, stderr: '' })
    expect(spooled(folder)).toEqual(['folder.json'])
    expect(await client.listSessions()).toMatchObject([{ status: 'completed' }])
  })

  it('with a file in place of DATA_DIR, or invalid settings, the program runs all the same', async () => {
    const folder = tempFolder()
    fs.writeFileSync(path.join(folder, 'data'), '')
    expect(await signalbox(folder, ['run', '--', process.execPath, '-e', 'console.log("one")'], noHub)).toEqual({
      code: 0,
      signal: null,
      stdout: 'one\n',
      stderr: '',
    })
    expect(
      await signalbox(folder, ['run', '--', process.execPath, '-e', 'console.log("one")'], {
        DATA_DIR: '/proc/x',
        SIGNALBOX_URL: 'nonsense',
      }),
    ).toMatchObject({
      code: 0,
      stdout: 'one\n',
      stderr: '',
    })
  })
})
