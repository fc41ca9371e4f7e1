import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { install, type Place, statusOf, uninstall } from './install.ts'
import { formerIn, scriptOf, wrapped } from './script.ts'

function place(text?: string): Place & { readonly read: () => string | undefined } {
  const folder = tempFolder()
  const settings = path.join(folder, 'claude', 'settings.json')
  fs.mkdirSync(path.dirname(settings))
  if (text !== undefined) fs.writeFileSync(settings, text)
  return {
    dataDir: path.join(folder, "data of 'mine'"),
    settings,
    platform: 'linux',
    signalbox: [process.execPath, '/x/signalbox.mjs'],
    read: () => (fs.existsSync(settings) ? fs.readFileSync(settings, 'utf8') : undefined),
  }
}

const commandIn = (text: string | undefined) =>
  (JSON.parse((text ?? '').replace(/^\ufeff/, '')) as { statusLine: { command: string } }).statusLine.command

/** Settings as people and programs write them, with a status line, and its command as it stands there. */
const withLine: [string, string, string][] = [
  [
    'pretty',
    '{\n  "model": "opus",\n  "statusLine": {\n    "type": "command",\n    "command": "~/.claude/line.sh",\n    "padding": 0\n  },\n  "env": {"A": "1"}\n}\n',
    '"~/.claude/line.sh"',
  ],
  ['on one line', '{"statusLine":{"type":"command","command":"echo hi"}}', '"echo hi"'],
  [
    'tabs and Windows line ends',
    '{\r\n\t"statusLine": {\r\n\t\t"command": "echo hi",\r\n\t\t"type": "command"\r\n\t}\r\n}\r\n',
    '"echo hi"',
  ],
  [
    'odd spaces',
    ' {  "a" : [ 1 , {"statusLine": {"command": "not this"}} ] ,"statusLine" :{ "command":"echo hi" } , "z":null}  ',
    '"echo hi"',
  ],
  [
    'escapes',
    String.raw`{"statusLine": {"command": "echo \u0022h\/i\u0022 \\ \t", "type": "command", "refreshInterval": 5}}`,
    String.raw`"echo \u0022h\/i\u0022 \\ \t"`,
  ],
  [
    'braces and quotes in strings',
    String.raw`{"x": "}{\"statusLine\": {", "statusLine": {"command": "awk '{print $1}'", "note": "}"}, "y": "]"}`,
    `"awk '{print $1}'"`,
  ],
  ['a byte order mark', '\ufeff{"statusLine": {"command": "echo hi"}}\n', '"echo hi"'],
  ['several lines in the command', String.raw`{"statusLine": {"command": "x=1 # it's\necho $x"}}`, String.raw`"x=1 # it's\necho $x"`],
  ['an empty command', '{"statusLine": {"type": "command", "command": ""}}', '""'],
]

const withoutLine: [string, string][] = [
  ['empty', '{}'],
  ['empty with a line', '{\n}\n'],
  ['pretty', '{\n    "model": "opus",\n    "permissions": {\n        "allow": ["Bash"]\n    }\n}\n'],
  ['on one line', '{"model": "opus"}'],
  ['tabs and Windows line ends', '{\r\n\t"model": "opus"\r\n}\r\n'],
  ['null', '{"statusLine": null, "model": "opus"}'],
  ['no characters', ''],
]

describe('settings with a status line', () => {
  it.each(withLine)('%s: nothing but the command is changed, and everything comes back byte for byte', (_, text, written) => {
    const here = place(text)
    const former = commandIn(text)
    expect(install(here)).toMatchObject({ done: 'installed', former })
    expect(here.read()).toBe(text.replace(written, () => JSON.stringify(wrapped(scriptOf(here.dataDir), former))))
    expect(formerIn(commandIn(here.read()), scriptOf(here.dataDir))).toBe(former)
    expect(statusOf(here)).toMatchObject({ state: 'installed', command: former })
    expect(uninstall(here)).toEqual({ done: 'uninstalled', command: former })
    expect(here.read()).toBe(text)
  })

  it.each(withLine)('%s: what was changed meanwhile stays, and the command still comes back', (_, text) => {
    const here = place(text)
    install(here)
    const edited = here.read()!.replace(/}\s*$/, ', "added": true}')
    fs.writeFileSync(here.settings, edited)
    uninstall(here)
    expect(here.read()).toBe(text.replace(/}\s*$/, ', "added": true}'))
  })
})

describe('settings without one', () => {
  it.each(withoutLine)('%s: it is added as its neighbours are, and everything comes back byte for byte', (_, text) => {
    const here = place(text)
    expect(install(here)).toMatchObject({ done: 'installed', former: undefined })
    const { statusLine, ...rest } = JSON.parse(here.read()!) as Record<string, unknown>
    expect(statusLine).toEqual({ type: 'command', command: wrapped(scriptOf(here.dataDir), undefined) })
    const { statusLine: __, ...before } = JSON.parse(text || '{}') as Record<string, unknown>
    expect(rest).toEqual(before)
    expect(here.read()!.includes('\r\n')).toBe(text.includes('\r\n'))
    expect(uninstall(here)).toEqual({ done: 'uninstalled', command: undefined })
    expect(here.read()).toBe(text)
  })

  it.each(withoutLine)('%s: what was added meanwhile stays, and our line goes', (_, text) => {
    const here = place(text)
    install(here)
    fs.writeFileSync(here.settings, here.read()!.replace(/}\s*$/, ', "added": true}'))
    uninstall(here)
    const { statusLine: __, ...before } = JSON.parse(text || '{}') as Record<string, unknown>
    expect(JSON.parse(here.read()!)).toEqual({ ...before, added: true })
  })

  it('that are not there are made, and gone again', () => {
    const here = place()
    fs.rmdirSync(path.dirname(here.settings))
    install(here)
    expect(commandIn(here.read())).toContain('statusline.sh')
    uninstall(here)
    expect(here.read()).toBeUndefined()
    expect(fs.existsSync(path.join(here.dataDir, 'statusline'))).toBe(false)
  })
})

describe('settings that cannot be understood', () => {
  it.each([
    ['torn', '{"statusLine": {"command": "echo', /not valid JSON/],
    ['with a comment', '{\n// mine\n"a": 1}', /not valid JSON/],
    ['with a comma too many', '{"a": 1,}', /not valid JSON/],
    ['a list', '[]', /should hold a JSON object/],
    ['a text', '"x"', /should hold a JSON object/],
    ['with two of them', '{"statusLine": {"command": "a"}, "statusLine": {"command": "b"}}', /statusLine twice/],
    ['with a text for a status line', '{"statusLine": "echo"}', /none that runs a command/],
    ['with a command that is no text', '{"statusLine": {"command": 5}}', /none that runs a command/],
    ['with another type', '{"statusLine": {"type": "static", "command": "x"}}', /none that runs a command/],
  ])('%s: are refused with what to do, and stay', (_, text, why) => {
    const here = place(text)
    expect(() => install(here)).toThrow(
      expect.objectContaining({ name: 'Failure', message: expect.stringMatching(why), suggestion: expect.any(String) }),
    )
    expect(here.read()).toBe(text)
    expect(fs.readdirSync(path.dirname(here.settings))).toEqual(['settings.json'])
  })
})

test('done twice it is done once, and undone once', () => {
  const text = '{"statusLine": {"command": "echo hi"}}'
  const here = place(text)
  install(here)
  const once = here.read()
  expect(install(here)).toEqual({ done: 'already', former: 'echo hi' })
  expect(here.read()).toBe(once)
  expect(uninstall(here).done).toBe('uninstalled')
  expect(uninstall(here)).toEqual({ done: 'nothing', command: 'echo hi' })
  expect(here.read()).toBe(text)
})

test('another command that was put there since stays', () => {
  const here = place('{"statusLine": {"command": "echo hi"}}')
  install(here)
  const other = '{"statusLine": {"command": "echo other"}}'
  fs.writeFileSync(here.settings, other)
  expect(statusOf(here)).toMatchObject({ state: 'not installed', command: 'echo other' })
  expect(uninstall(here)).toEqual({ done: 'changed', command: 'echo other' })
  expect(here.read()).toBe(other)
})

test('with DATA_DIR gone, status says so and the former command comes back from the settings alone', () => {
  const here = place('{"statusLine": {"command": "echo \\"it\'s\\""}}')
  install(here)
  fs.rmSync(here.dataDir, { recursive: true })
  expect(statusOf(here)).toMatchObject({ state: 'script missing', command: 'echo "it\'s"' })
  uninstall(here)
  expect(here.read()).toBe('{"statusLine": {"command": "echo \\"it\'s\\""}}')
})

test('settings behind a link stay behind it, with the rights they had, and a backup is kept for this user alone', () => {
  const here = place('{"statusLine": {"command": "echo hi"}}')
  const real = path.join(path.dirname(here.settings), 'dotfiles.json')
  fs.renameSync(here.settings, real)
  fs.chmodSync(real, 0o640)
  fs.symlinkSync(real, here.settings)
  const { backup = '' } = install(here)
  expect(fs.lstatSync(here.settings).isSymbolicLink()).toBe(true)
  expect(fs.statSync(real).mode & 0o777).toBe(0o640)
  expect(commandIn(fs.readFileSync(real, 'utf8'))).toContain('statusline.sh')
  expect(fs.readFileSync(backup, 'utf8')).toBe('{"statusLine": {"command": "echo hi"}}')
  expect(fs.statSync(backup).mode & 0o777).toBe(0o600)
  expect(fs.statSync(path.dirname(backup)).mode & 0o777).toBe(0o700)
  uninstall(here)
  expect(fs.readFileSync(real, 'utf8')).toBe('{"statusLine": {"command": "echo hi"}}')
})

test('two folders of Claude Code are set up side by side, and each gets its own back', () => {
  const one = place('{"statusLine": {"command": "echo one"}}')
  const two = { ...place('{"model": "opus"}'), dataDir: one.dataDir }
  install(one)
  install(two)
  uninstall(one)
  expect(one.read()).toBe('{"statusLine": {"command": "echo one"}}')
  expect(statusOf(two).state).toBe('installed')
  uninstall(two)
  expect(two.read()).toBe('{"model": "opus"}')
})

test('where there is no POSIX shell, the settings run Node, and the record knows the former command', () => {
  const text = '{"statusLine": {"command": "C:/line.exe"}}'
  const here: Place & { read: () => string | undefined } = {
    ...place(text),
    platform: 'win32',
    signalbox: ['C:\\Program Files\\node.exe', 'D:\\signalbox\\signalbox.mjs'],
  }
  install(here)
  expect(commandIn(here.read())).toBe('"C:/Program Files/node.exe" D:/signalbox/signalbox.mjs statusline')
  expect(install(here)).toEqual({ done: 'already', former: 'C:/line.exe' })
  expect(uninstall(here)).toEqual({ done: 'uninstalled', command: 'C:/line.exe' })
  expect(here.read()).toBe(text)
})
