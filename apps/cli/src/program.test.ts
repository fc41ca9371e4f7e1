import { expect, test } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { runCommand, signalbox } from './cli.suite.ts'
import { commands } from './command-list.ts'

test('every command has help, and the list of commands names it', async () => {
  const folder = tempFolder()
  const { code, stdout } = await runCommand(folder, ['--help'])
  expect(code).toBe(0)
  const listed = [...stdout.matchAll(/^ {2}([a-z]+)(?:\|[a-z]+)? {2,}/gm)].map(([, name]) => name)
  expect(listed).toEqual(commands.map(({ name }) => name))
  for (const { name } of commands) {
    const help = await runCommand(folder, [name, '--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toContain(`Usage: signalbox ${name}`)
  }
})

test('an older or singular name works too', async () => {
  const folder = tempFolder()
  expect((await runCommand(folder, ['console', '--help'])).stdout).toContain('signalbox web login')
  expect((await runCommand(folder, ['session', '--help'])).stdout).toContain('Usage: signalbox sessions')
})

test.each([
  [['usge'], /unknown command 'usge'[\s\S]*usage/],
  [['keys', 'create'], /a key needs a name/],
  [['up', '--port', '70000'], /0 to 65535/],
] as const)('%j is a usage error with a helpful line', async (args, line) => {
  const { code, stdout, stderr } = await runCommand(tempFolder(), args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^signalbox: /)
  expect(stderr).toMatch(line)
  expect(stderr).not.toContain('    at ')
})

test('the exit code, stdout and stderr are those of the process', async () => {
  const [help, wrong] = await Promise.all([signalbox(tempFolder(), ['help', 'usage']), signalbox(tempFolder(), ['usge'])])
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: signalbox usage'), stderr: '' })
  expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^signalbox: unknown command/) })
})
