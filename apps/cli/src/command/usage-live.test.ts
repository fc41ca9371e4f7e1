import { spawn } from 'node:child_process'
import path from 'node:path'
import xterm from '@xterm/headless'
import { describe, expect, onTestFinished, test } from 'vitest'
import { repositoryRoot } from '../../../../test/support/repository.ts'
import { runCommand, startCommand } from '../cli.suite.ts'
import { appendRows, writeCalls } from '../usage/written-calls.fixture.ts'

const MINUTE = 60_000

/** A call of now, as a transcript gets it. */
function callRow(id: string, output: number): object {
  const message = { id, model: 'claude-haiku-4-5', stop_reason: 'end_turn', usage: { input_tokens: 0, output_tokens: output } }
  return { type: 'assistant', timestamp: new Date().toISOString(), uuid: id, sessionId: 's', message }
}

const someCalls = [
  { ago: 31 * MINUTE, output: 1_000_000 },
  { ago: MINUTE, output: 1_000_000 },
]

describe('usage blocks --live', () => {
  test('in a pipe prints the active block once', async () => {
    const { code, stdout, stderr } = await runCommand(writeCalls(someCalls), ['usage', 'blocks', '--live'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^5-hour block \d{4}-\d\d-\d\d \d\d:00 – \d\d:00 \(estimated\)$/m)
    expect(stdout).toMatch(/^Time {6}[█░]+ {2}(?:\d+ h )?(?:\d+ min )?of 5 h, .* left$/m)
    expect(stdout).toMatch(/^Calls {5}2 {2}the last 1 min ago$/m)
    expect(stdout).toMatch(/^Tokens {4}2M {2}66\.7K per minute {2}projected \d/m)
    // Two million tokens of output at $20, in thirty minutes.
    expect(stdout).toMatch(/^Cost {6}\$40\.00 {2}\$80\.00 per hour {2}projected \$\d/m)
    expect(stdout).toMatch(/^Models {4}opus-5-5 \$40\.00$/m)
    expect(stdout).not.toContain('\u001b')
  })

  test('without an active block says when the last call was', async () => {
    const { stdout } = await runCommand(writeCalls([{ at: '2026-01-02T03:04:00Z', output: 1 }]), ['usage', 'blocks', '--live'])
    expect(stdout).toMatch(/^No block is active: the last call was .* ago, at 2026-01-02 03:04\.$/m)
    expect((await runCommand(writeCalls([]), ['usage', 'blocks', '--live'])).stdout).toContain('there are no calls yet')
  })

  test('takes filters, and one that means nothing is an error', async () => {
    const folder = writeCalls([...someCalls, { ago: MINUTE, cwd: '/srv/engine', output: 7 }])
    expect((await runCommand(folder, ['usage', 'blocks', '--live', '--project', 'engine'])).stdout).toMatch(/^Tokens {4}7$/m)
    const { code, stdout, stderr } = await runCommand(folder, ['usage', 'blocks', '--live', '--project', 'engnie'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('/srv/engine')
  })

  test('fits a narrow terminal', async () => {
    for (const columns of [80, 60, 40, 20]) {
      const { stdout } = await runCommand(writeCalls(someCalls), ['usage', 'blocks', '--live'], { COLUMNS: String(columns) })
      expect(Math.max(...stdout.split('\n').map((line) => line.length)), String(columns)).toBeLessThanOrEqual(columns)
    }
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'on a terminal follows new calls, and %s ends it with the last state',
    async (signal) => {
      const folder = writeCalls(someCalls)
      const command = startCommand(folder, ['usage', 'blocks', '--live', '--refresh-interval', '1'], { NO_COLOR: '1' }, { isTTY: true })
      await command.output(/\?1049h/)
      await command.output(/Tokens {4}2M/)
      appendRows(folder, 's', callRow('msg_new', 1_000_000))
      await command.output(/Tokens {4}3M/)
      const { code, stdout, stderr } = await command.stop(signal)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const [, after = ''] = stdout.split('\u001b[?25h\u001b[?1049l')
      expect(after).toMatch(/^5-hour block [\s\S]*^Tokens {4}3M/m)
      expect(after).not.toContain('\u001b[H')
    },
  )

  test('on a terminal that cannot be drawn on prints once', async () => {
    const { code, stdout } = await runCommand(writeCalls(someCalls), ['usage', 'blocks', '--live'], { TERM: 'dumb' }, { isTTY: true })
    expect(code).toBe(0)
    expect(stdout).not.toContain('\u001b')
  })

  test.skipIf(process.platform === 'win32')(
    'in a real terminal updates in place, and Ctrl-C leaves it as it was, with the last state',
    async () => {
      const folder = writeCalls(someCalls)
      const screen = new xterm.Terminal({ rows: 24, cols: 80, scrollback: 500, allowProposedApi: true })
      const bin = path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs')
      // The trap keeps the shell alive: dash dies of the Ctrl-C itself where it comes between two of its steps.
      const command = `trap : INT; stty rows 24 cols 80; echo before; '${process.execPath}' '${bin}' usage blocks --live --refresh-interval 1; echo "ended $?"`
      const args = process.platform === 'darwin' ? ['-q', '/dev/null', '/bin/sh', '-c', command] : ['-qfec', command, '/dev/null']
      const env = {
        ...process.env,
        DATA_DIR: path.join(folder, 'data'),
        CLAUDE_CONFIG_DIR: path.join(folder, 'claude'),
        XDG_CONFIG_HOME: path.join(folder, 'config'),
        TIMEZONE: 'UTC',
        TERM: 'xterm-256color',
        COLUMNS: '',
      }
      const child = spawn('script', args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
      onTestFinished(() => void child.kill('SIGKILL'))
      child.stdout.on('data', (bytes: Buffer) => screen.write(bytes))
      const lines = () => {
        const { active } = screen.buffer
        return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '')
      }
      const shows = (pattern: RegExp) => expect.poll(() => lines().join('\n'), { timeout: 20_000 }).toMatch(pattern)
      await shows(/^Tokens {4}2M[\s\S]*Ctrl-C ends\./m)
      expect(screen.buffer.active.type).toBe('alternate')
      expect(lines()[0]).toMatch(/^5-hour block/)
      appendRows(folder, 's', callRow('msg_new', 1_000_000))
      await shows(/^Tokens {4}3M/m)
      // In place: nothing has scrolled.
      expect(lines().filter((line) => line.startsWith('5-hour block'))).toHaveLength(1)
      child.stdin.write('\u0003')
      await shows(/^ended 0$/m)
      expect(screen.buffer.active.type).toBe('normal')
      const text = lines().join('\n')
      expect(text).toMatch(/^before\n5-hour block[\s\S]*Tokens {4}3M[\s\S]*\nended 0/)
      expect(text).not.toContain('Ctrl-C ends.')
    },
  )
})
