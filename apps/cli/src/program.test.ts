import { expect, test } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { runCommand, signalbox } from './cli.suite.ts'
import { commands } from './command-list.ts'

test('the list of commands names every command', async () => {
  const folder = tempFolder()
  const { code, stdout } = await runCommand(folder, ['--help'])
  expect(code).toBe(0)
  const listed = [...stdout.matchAll(/^ {2}([a-z]+)(?:\|[a-z]+)? {2,}/gm)].map(([, name]) => name)
  expect(listed).toEqual(commands.map(({ name }) => name))
})

test('the help of every command at every level fits the terminal, and `help` finds it too', async () => {
  const folder = tempFolder()
  const columns = 64
  const helpOf = async (words: readonly string[]) => {
    const help = await runCommand(folder, [...words, '--help'], { COLUMNS: String(columns) })
    expect({ words, ...help }).toMatchObject({ words, code: 0, stderr: '' })
    return help.stdout
  }
  const wide: string[] = []
  let count = 0
  const walk = async (words: readonly string[]): Promise<void> => {
    const text = await helpOf(words)
    count++
    expect(text).toContain(`Usage: ${['signalbox', ...words].join(' ')}`)
    // Command lines stay whole, to be copied; so does what has no space in it.
    wide.push(...text.split('\n').filter((line) => line.length > columns && !/^(Usage:| {2}\S)/.test(line)))
    const [, list = ''] = /^Commands:\n((?: {2}.*\n)*)/m.exec(text) ?? []
    for (const [, name = ''] of list.matchAll(/^ {2}([a-z_-]+)/gm)) if (name !== 'help') await walk([...words, name])
  }
  for (const { name } of commands) if (name !== 'web') await walk([name])
  expect(wide).toEqual([])
  expect(count).toBeGreaterThan(100)
  expect((await runCommand(folder, ['help', 'sessions', 'list'])).stdout).toBe(
    (await runCommand(folder, ['sessions', 'list', '--help'])).stdout,
  )
})

test('an older or singular name works too', async () => {
  const folder = tempFolder()
  expect((await runCommand(folder, ['console', '--help'])).stdout).toContain('signalbox web login')
  expect((await runCommand(folder, ['session', '--help'])).stdout).toContain('Usage: signalbox sessions')
})

test.each([
  [['usge'], /unknown command 'usge'\. Did you mean usage\? All commands: signalbox --help/],
  [['usge', '--help'], /unknown command 'usge'\. Did you mean usage\?/],
  [['help', 'sessions', 'lst'], /unknown command 'lst'\. Did you mean list\? All commands: signalbox sessions --help/],
  [['alerts', 'lst'], /unknown command 'lst'\. Did you mean list\?/],
  [['collector', 'statas'], /unknown command 'statas'\. Did you mean status\? All commands: signalbox collector --help/],
  [
    ['sessions', 'list', '--statsu', 'x'],
    /unknown option '--statsu'\. Did you mean --status\? All options: signalbox sessions list --help/,
  ],
  [['sessions', 'list', '--status', 'actve'], /one of active, .*\. Did you mean active\?/],
  [['sessions', 'heartbeat', 'aaaa', '--activity', 'wrking'], /Did you mean working\?/],
  [['audit', '--action', 'key.creatd'], /Did you mean key\.created\?/],
  [['usage', 'dayly'], /Did you mean daily\?/],
  [['usage', '--order', 'dsc'], /Did you mean asc or desc\?/],
  [['sessions', 'list', 'now'], /too many arguments for 'list'/],
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
