import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { runCommand } from './cli.suite.ts'
import { openHubFixture, RealClock } from './hub.suite.ts'
import { widthOf } from './width.ts'

/** Clears the screen, renames the window, hides what follows, turns the text around, and forges a row. */
const EVIL = '/home/\u001bc\u001b[2J\u001b]0;owned\u0007\u001b[8m\u009b31m\u202etxt\nFORGED ROW\r\tx'
/** What no output may have: control characters and directions of text, but for line ends and our own colours. */
function findCommand(text: string): string | undefined {
  const rest = text.replaceAll(/\r?\n/g, '').replaceAll(/\p{Cc}\[(?:0|1|2|22|3[0-79]|9[0-7])m/gu, '')
  return /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069].{0,20}/u.exec(rest)?.[0]
}

function plantTranscript(folder: string, name = EVIL): void {
  const home = path.join(folder, 'claude/projects/p')
  fs.mkdirSync(home, { recursive: true })
  const line = {
    type: 'assistant',
    timestamp: new Date().toISOString(),
    sessionId: `s${name}`,
    cwd: name,
    gitBranch: name,
    requestId: 'req_1',
    message: { id: 'msg_1', model: `claude-opus-5${name}`, usage: { input_tokens: 10, output_tokens: 20 } },
  }
  fs.writeFileSync(path.join(home, 'a.jsonl'), `${JSON.stringify(line)}\n`)
}

it('no command lets a transcript, a key or a machine command the terminal', async () => {
  const hub = await openHubFixture({ clock: new RealClock() })
  const folder = tempFolder()
  plantTranscript(folder)
  await hub.client.createSession({ project_id: 'p', machine_id: 'm', metadata: { name: EVIL } })
  await hub.client.createKey({ name: `evil ${EVIL.replaceAll('\n', '')}`, scopes: ['read'] }).catch(() => {})
  const commands = [
    'usage',
    'usage project',
    'usage session',
    'usage model',
    'usage branch',
    'usage daily --breakdown',
    'usage --json',
    'usage project --csv',
    'usage model --csv',
    'usage daily --csv --breakdown',
    'usage session --json',
    'usage blocks',
    'sessions list',
  ]
  for (const command of [...commands, 'sessions list --json', 'machines list', 'limits', 'doctor', 'doctor --json', 'collector status']) {
    const { stdout, stderr } = await runCommand(folder, command.split(' '), { ...hub.env, FORCE_COLOR: '1' }, { isTTY: true })
    expect(findCommand(stdout + stderr), `${command}: ${JSON.stringify(stdout + stderr)}`).toBeUndefined()
    if (!command.includes('json')) expect(`${stdout}${stderr}`, command).not.toMatch(/^FORGED ROW/m)
  }
  const { stdout } = await runCommand(folder, ['usage', 'project'], {})
  expect(stdout).toContain('/home/\\u001bc')
})

it.each([
  ['long', '/home/'.padEnd(100_000, 'x')],
  ['wide', '/home/'.padEnd(100_000, '日本語')],
])('no line of a report about %s names is wider than the terminal', async (_, name) => {
  const folder = tempFolder()
  plantTranscript(folder, name)
  for (const columns of [40, 80]) {
    for (const group of ['project', 'session', 'model', 'branch', 'daily --breakdown']) {
      const { code, stdout, stderr } = await runCommand(folder, ['usage', ...group.split(' ')], { COLUMNS: String(columns) })
      expect([code, stdout.includes('Total')], stderr).toEqual([0, true])
      for (const line of `${stdout}${stderr}`.split('\n'))
        expect(widthOf(line), `${group}: ${line.slice(0, 200)}`).toBeLessThanOrEqual(columns)
    }
  }
})
