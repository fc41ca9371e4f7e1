import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { startNode } from '../../../../test/support/child.ts'
import { house } from '../../../../test/support/house.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { signalbox } from '../cli.suite.ts'

const told = JSON.stringify({
  model: { display_name: 'Saga 1' },
  context_window: { used_percentage: 8 },
  rate_limits: { seven_day: { used_percentage: 41.2, resets_at: Math.floor(Date.now() / 1000) + 86_400 * 2 + 600 } },
})

/** The command as it stands in settings that were written by hand, or where there is no POSIX shell. */
const shown = (folder: string, input: string, env: Record<string, string> = {}) =>
  startNode([path.join(house, 'apps/cli/bin/signalbox.mjs'), 'statusline'], {
    input,
    env: { DATA_DIR: path.join(folder, 'data'), CLAUDE_CONFIG_DIR: path.join(folder, 'claude'), COLUMNS: '', ...env },
  }).finished

function withCommand(command: string): string {
  const folder = tempFolder()
  fs.mkdirSync(path.join(folder, 'claude'))
  fs.writeFileSync(path.join(folder, 'claude/settings.json'), JSON.stringify({ statusLine: { command } }))
  return folder
}

test('it prints our line, and keeps what it was told for the collector', async () => {
  const folder = tempFolder()
  expect(await shown(folder, told)).toMatchObject({ code: 0, stdout: 'Saga 1 · context 8% · week 41% (2 days)\n', stderr: '' })
  const spool = path.join(folder, 'data/statusline/spool')
  expect(fs.readdirSync(spool).map((name) => fs.readFileSync(path.join(spool, name), 'utf8'))).toEqual([told])
})

test('it runs the former command where there was one, with the same input, output and exit code', async () => {
  const folder = withCommand('cat; echo err >&2; exit 5')
  await signalbox(folder, ['statusline', 'install'])
  expect(await shown(folder, told)).toMatchObject({ code: 5, stdout: told, stderr: 'err\n' })
})

test('one that was put there by hand and then installed does not call itself', async () => {
  const folder = withCommand('npx signalbox statusline')
  await signalbox(folder, ['statusline', 'install'])
  expect(await shown(folder, told)).toMatchObject({ code: 0, stdout: expect.stringContaining('Saga 1'), stderr: '' })
})

test('whatever goes wrong, it is silent and ends with 0', async () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'data'), 'no folder')
  for (const [input, env] of [
    ['no JSON', {}],
    ['', {}],
    [told, { DATA_DIR: '/dev/null/x' }],
  ] as const) {
    expect(await shown(folder, input, env)).toMatchObject({ code: 0, stderr: '' })
  }
})

test('status says how it is, and in which file', async () => {
  const folder = withCommand('echo hi')
  expect(await signalbox(folder, ['statusline', 'status'])).toMatchObject({ code: 1, stdout: expect.stringContaining('does not have it') })
  await signalbox(folder, ['statusline', 'install'])
  expect(await signalbox(folder, ['statusline', 'status'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('has it, before echo hi'),
  })
  const { stdout } = await signalbox(folder, ['statusline', 'status', '--json'])
  expect(JSON.parse(stdout)).toEqual([{ settings: path.join(folder, 'claude/settings.json'), state: 'installed', command: 'echo hi' }])
})

test('settings that are not valid JSON are refused in a line that says what to do', async () => {
  const folder = tempFolder()
  fs.mkdirSync(path.join(folder, 'claude'))
  fs.writeFileSync(path.join(folder, 'claude/settings.json'), '{"a": 1,}')
  const { code, stderr } = await signalbox(folder, ['statusline', 'install'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^signalbox: .*settings\.json is not valid JSON: .* Nothing was changed\. Mend it and try again\.\n$/)
  expect(fs.readFileSync(path.join(folder, 'claude/settings.json'), 'utf8')).toBe('{"a": 1,}')
})
