import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { startNode } from '../../../../test/support/child.ts'
import { repositoryRoot } from '../../../../test/support/repository.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { runCommand } from '../cli.suite.ts'

const statusInput = JSON.stringify({
  model: { display_name: 'Saga 1' },
  context_window: { used_percentage: 8 },
  rate_limits: { seven_day: { used_percentage: 41.2, resets_at: Math.floor(Date.now() / 1000) + 86_400 * 2 + 600 } },
})

/** The command as in settings that were written by hand, or without a POSIX shell. */
const runStatusLine = (folder: string, stdin: string, env: Record<string, string> = {}) =>
  runCommand(folder, ['statusline'], env, { stdin })

function withCommand(command: string): string {
  const folder = tempFolder()
  fs.mkdirSync(path.join(folder, 'claude'))
  fs.writeFileSync(path.join(folder, 'claude/settings.json'), JSON.stringify({ statusLine: { command } }))
  return folder
}

test('it prints the Signalbox line, and saves its input for the collector', async () => {
  const folder = tempFolder()
  expect(await runStatusLine(folder, statusInput)).toMatchObject({
    code: 0,
    stdout: 'Saga 1 · context 8% · week 41% (2 days)\n',
    stderr: '',
  })
  const spool = path.join(folder, 'data/statusline/spool')
  expect(fs.readdirSync(spool).map((name) => fs.readFileSync(path.join(spool, name), 'utf8'))).toEqual([statusInput])
})

test('in a process of its own it runs the former command with the same input, output and exit code', async () => {
  const folder = withCommand('cat; echo err >&2; exit 5')
  await runCommand(folder, ['statusline', 'install'])
  const real = startNode([path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs'), 'statusline'], {
    input: statusInput,
    env: { DATA_DIR: path.join(folder, 'data'), CLAUDE_CONFIG_DIR: path.join(folder, 'claude'), COLUMNS: '' },
  })
  expect(await real.finished).toMatchObject({ code: 5, stdout: statusInput, stderr: 'err\n' })
  expect(await runStatusLine(folder, statusInput)).toMatchObject({ code: 5, stdout: statusInput, stderr: 'err\n' })
})

test('after an install in front of a Signalbox command set by hand it does not call itself', async () => {
  const folder = withCommand('npx signalbox statusline')
  await runCommand(folder, ['statusline', 'install'])
  expect(await runStatusLine(folder, statusInput)).toMatchObject({ code: 0, stdout: expect.stringContaining('Saga 1'), stderr: '' })
})

test('errors print nothing, with exit code 0', async () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'data'), 'no folder')
  for (const [input, env] of [
    ['no JSON', {}],
    ['', {}],
    [statusInput, { DATA_DIR: '/dev/null/x' }],
  ] as const) {
    expect(await runStatusLine(folder, input, env)).toMatchObject({ code: 0, stderr: '' })
  }
})

test('status shows the state of each settings file', async () => {
  const folder = withCommand('echo hi')
  expect(await runCommand(folder, ['statusline', 'status'])).toMatchObject({ code: 1, stdout: expect.stringContaining('not installed') })
  await runCommand(folder, ['statusline', 'install'])
  expect(await runCommand(folder, ['statusline', 'status'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('installed, in front of echo hi'),
  })
  const { stdout } = await runCommand(folder, ['statusline', 'status', '--json'])
  expect(JSON.parse(stdout)).toEqual([{ settings: path.join(folder, 'claude/settings.json'), state: 'installed', command: 'echo hi' }])
})

test('invalid JSON settings are rejected with a suggestion', async () => {
  const folder = tempFolder()
  fs.mkdirSync(path.join(folder, 'claude'))
  fs.writeFileSync(path.join(folder, 'claude/settings.json'), '{"a": 1,}')
  const { code, stderr } = await runCommand(folder, ['statusline', 'install'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^signalbox: .*settings\.json is not valid JSON: .* Nothing was changed\. Correct it and try again\.\n$/)
  expect(fs.readFileSync(path.join(folder, 'claude/settings.json'), 'utf8')).toBe('{"a": 1,}')
})
