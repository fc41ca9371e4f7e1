import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, test, vi } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { install } from './install.ts'
import { scriptPath, spoolPath } from './script.ts'
import { MAX_SPOOL_FILES } from './spool.ts'

// Dozens of processes, on machines that may be busy.
vi.setConfig({ testTimeout: 90_000 })

const bin = fileURLToPath(new URL('../../bin/signalbox.mjs', import.meta.url))
const shells = ['sh', 'bash', 'zsh'].filter((name) => {
  try {
    execFileSync(name, ['-c', ':'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})

const statusInput = JSON.stringify({
  session_id: 's',
  model: { display_name: 'Saga 1' },
  context_window: { used_percentage: 8 },
  rate_limits: { five_hour: { used_percentage: 23.5, resets_at: Math.floor(Date.now() / 1000) + 9_000 } },
})

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line as Claude Code does; the caller may stop it. */
function run(shell: string, command: string, input: string | Buffer = statusInput, env: Record<string, string> = {}) {
  const child = spawn(shell, ['-c', command], { env: { ...process.env, ...env }, stdio: 'pipe' })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })))
  return { child, ended, output: () => stdout }
}

/** Installs in front of `former`, or without a former command. */
function setUp(former?: string, dataDir = path.join(tempFolder(), "my 'data'")) {
  const settings = path.join(tempFolder(), 'settings.json')
  if (former !== undefined) fs.writeFileSync(settings, JSON.stringify({ statusLine: { type: 'command', command: former } }))
  install({ dataDir, settings, platform: 'linux', signalbox: [process.execPath, bin] })
  const { statusLine } = JSON.parse(fs.readFileSync(settings, 'utf8')) as { statusLine: { command: string } }
  return { command: statusLine.command, dataDir, spool: spoolPath(dataDir) }
}

const spooled = (spool: string) => fs.readdirSync(spool).map((name) => fs.readFileSync(path.join(spool, name)))

/** A very small file system; undefined without the right to mount one. */
function fullDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const folder = tempFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]))
  return folder
}

function fill(disk: string): void {
  try {
    for (let n = 0; n < 100; n++) fs.writeFileSync(path.join(disk, `filler-${n}`), Buffer.alloc(4096))
  } catch {
    // The disk is full now.
  }
}

/** Whether a process with this word in its command line is running. */
function isRunning(text: string): boolean {
  return fs.readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes(text)
    } catch {
      return false
    }
  })
}

async function until(wanted: () => boolean): Promise<void> {
  for (let n = 0; !wanted(); n++) {
    if (n > 1_500) throw new Error('it did not happen within half a minute')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe.skipIf(process.platform === 'win32').each(shells)('under %s, the former command', (shell) => {
  it.each([
    ['the input of Claude Code', statusInput],
    ['no input', ''],
    ['several lines, the last one unterminated', '{"a":\n\n"rate_limits"}\n  x'],
    ['trailing line ends', 'x\n\n\n'],
    ['one character', 'y'],
    ['any bytes', randomBytes(70_000)],
    ['half a megabyte', 'x'.repeat(500_000)],
  ])('receives the same bytes: %s', async (_, input) => {
    const { command, spool } = setUp('cat; printf tail')
    const { code, stdout, stderr } = await run(shell, command, input).ended
    expect(Buffer.from(stdout, 'latin1').equals(Buffer.concat([Buffer.from(input), Buffer.from('tail')]))).toBe(true)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(spooled(spool)).toEqual([Buffer.from(input)])
  })

  it.each([
    'printf "%s|%s|%s" "$COLUMNS" "$LINES" "$0"; exit 7',
    'echo out; echo err >&2; exit 3',
    'kill -KILL $$',
    'echo "it\'s \\"quoteForShell\\"" \'$HOME\' `echo ticks` $((1+2)) "$#" "$1"; umask; pwd; set | grep -c signalbox',
    'x=1 # a comment\necho $x\n\nfalse',
    'not-a-command-at-all',
    'if',
    'read -r line; echo "$line" | wc -c; read -r more || echo end',
    'trap "echo bye; exit 9" TERM; kill -TERM $$; :',
    '',
  ])('behaves as without Signalbox: %s', async (former) => {
    const env = { COLUMNS: '93', LINES: '31' }
    // Without the script, as after an uninstall in a running session.
    const gone = setUp(former)
    fs.rmSync(gone.dataDir, { recursive: true })
    // Without the spool: the input cannot be saved.
    const nowhere = setUp(former)
    fs.rmSync(nowhere.spool, { recursive: true })
    const commands = [former, setUp(former).command, gone.command, nowhere.command]
    const [alone, ...ours] = await Promise.all(commands.map((command) => run(shell, command, statusInput, env).ended))
    for (const one of ours) expect(one).toEqual(alone)
  })

  it('streams its output', async () => {
    const { child, ended, output } = run(shell, setUp('echo first; sleep 4; echo second').command)
    await until(() => output() === 'first\n')
    expect(child.exitCode).toBeNull()
    expect((await ended).stdout).toBe('first\nsecond\n')
  })

  it.skipIf(process.platform !== 'linux')('is stopped with a cancelled run, as without Signalbox', async () => {
    const marks = ['86401', '86402', '86403'].map((mark) => `${mark}.${process.pid}`)
    const gone = setUp(`exec sleep ${marks[2]}`)
    fs.rmSync(gone.spool, { recursive: true })
    const commands = [`exec sleep ${marks[0]}`, setUp(`exec sleep ${marks[1]}`).command, gone.command]
    await Promise.all(
      commands.map(async (command, index) => {
        const { child, ended } = run(shell, command)
        await until(() => isRunning(marks[index]!))
        child.kill('SIGTERM')
        expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' })
        await until(() => !isRunning(marks[index]!))
      }),
    )
  })
})

describe.skipIf(process.platform === 'win32')('the spool', () => {
  test('is private to this user', async () => {
    const { command, spool, dataDir } = setUp('cat >/dev/null')
    await run('sh', command).ended
    const [name = ''] = fs.readdirSync(spool)
    expect(fs.statSync(path.join(spool, name)).mode & 0o777).toBe(0o600)
    expect(fs.statSync(spool).mode & 0o777).toBe(0o700)
    expect(fs.statSync(scriptPath(dataDir)).mode & 0o777).toBe(0o600)
  })

  test('is limited while no collector empties it, and keeps the latest input', async () => {
    const { command, spool } = setUp('cat >/dev/null')
    for (let n = 0; n < MAX_SPOOL_FILES; n++) fs.writeFileSync(path.join(spool, `${n}.json`), '{}')
    await run('sh', command).ended
    expect(spooled(spool).map(String)).toEqual([statusInput])
  })

  test('on a full disk does not affect the former command, and leaves no partial file', async ({ skip }) => {
    const disk = fullDisk()
    if (disk === undefined) return skip('needs root, to mount a small file system')
    const { command, spool } = setUp('cat; exit 4', path.join(disk, 'data'))
    fill(disk)
    // Also without space in any folder, where only a pipe works.
    for (const TMPDIR of [tempFolder(), disk, '/nowhere']) {
      for (const input of [statusInput, 'x'.repeat(100_000)]) {
        expect(await run('sh', command, input, { TMPDIR }).ended).toEqual({ code: 4, signal: null, stdout: input, stderr: '' })
      }
      expect(fs.existsSync(TMPDIR) ? fs.readdirSync(TMPDIR).filter((name) => name.startsWith('signalbox-')) : []).toEqual([])
    }
    expect(spooled(spool)).toEqual([])
  })

  test('gets the input of every parallel run', async () => {
    const { command, spool } = setUp('cat >/dev/null')
    const runs = await Promise.all(Array.from({ length: 12 }, (_, n) => run('sh', command, `{"n":${n}}`).ended))
    expect(runs.every(({ code }) => code === 0)).toBe(true)
    expect(spooled(spool).map(String).sort()).toEqual(Array.from({ length: 12 }, (_, n) => `{"n":${n}}`).sort())
  })
})

describe.skipIf(process.platform === 'win32')('the Signalbox line', () => {
  test('is printed when there was no status line, and the input is saved', async () => {
    const { command, spool } = setUp()
    const { stdout, ...rest } = await run('sh', command).ended
    expect(Buffer.from(stdout, 'latin1').toString()).toMatch(/^Saga 1 · context 8% · 5 h 23% \(2 hr \d+ min\)\n$/)
    expect(rest).toEqual({ code: 0, signal: null, stderr: '' })
    expect(spooled(spool).map(String)).toEqual([statusInput])
  })

  test('is empty for unknown input, and never fails', async () => {
    const { command } = setUp()
    for (const input of ['no JSON', '{}']) {
      expect(await run('sh', command, input).ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    }
    const gone = setUp()
    fs.rmSync(gone.dataDir, { recursive: true })
    expect(await run('sh', gone.command).ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
  })
})
