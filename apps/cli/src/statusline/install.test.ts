import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { install, type Place, readStatus, uninstall } from './install.ts'
import { scriptPath, unwrapCommand, wrapCommand } from './script.ts'
import { withoutStatusLine } from './settings-text.ts'

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

/** Settings with a status line: name, text, and the JSON text of its command. */
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
  it.each(withLine)('%s: only the command is changed, and uninstall restores every byte', (_, text, written) => {
    const here = place(text)
    const former = commandIn(text)
    expect(install(here)).toMatchObject({ done: 'installed', former })
    expect(here.read()).toBe(text.replace(written, () => JSON.stringify(wrapCommand(scriptPath(here.dataDir), former))))
    expect(unwrapCommand(commandIn(here.read()), scriptPath(here.dataDir))).toBe(former)
    expect(readStatus(here)).toMatchObject({ state: 'installed', command: former })
    expect(uninstall(here)).toEqual({ done: 'uninstalled', command: former })
    expect(here.read()).toBe(text)
  })

  it.each(withLine)('%s: later edits stay, and the command is restored', (_, text) => {
    const here = place(text)
    install(here)
    const edited = here.read()!.replace(/}\s*$/, ', "added": true}')
    fs.writeFileSync(here.settings, edited)
    uninstall(here)
    expect(here.read()).toBe(text.replace(/}\s*$/, ', "added": true}'))
  })
})

describe('settings without one', () => {
  it.each(withoutLine)('%s: it is formatted like the other members, and uninstall restores every byte', (_, text) => {
    const here = place(text)
    expect(install(here)).toMatchObject({ done: 'installed', former: undefined })
    const { statusLine, ...rest } = JSON.parse(here.read()!) as Record<string, unknown>
    expect(statusLine).toEqual({ type: 'command', command: wrapCommand(scriptPath(here.dataDir), undefined) })
    const { statusLine: __, ...before } = JSON.parse(text || '{}') as Record<string, unknown>
    expect(rest).toEqual(before)
    expect(here.read()!.includes('\r\n')).toBe(text.includes('\r\n'))
    expect(uninstall(here)).toEqual({ done: 'uninstalled', command: undefined })
    expect(here.read()).toBe(text)
  })

  it.each(withoutLine)('%s: later edits stay, and the status line is removed', (_, text) => {
    const here = place(text)
    install(here)
    fs.writeFileSync(here.settings, here.read()!.replace(/}\s*$/, ', "added": true}'))
    uninstall(here)
    const { statusLine: __, ...before } = JSON.parse(text || '{}') as Record<string, unknown>
    expect(JSON.parse(here.read()!)).toEqual({ ...before, added: true })
  })

  it('a missing file is created, and removed again', () => {
    const here = place()
    fs.rmdirSync(path.dirname(here.settings))
    install(here)
    expect(commandIn(here.read())).toContain('statusline.sh')
    uninstall(here)
    expect(here.read()).toBeUndefined()
    expect(fs.existsSync(path.join(here.dataDir, 'statusline'))).toBe(false)
  })
})

describe('comments', () => {
  const edit = (text: string) => text.replace(/}\s*$/, '/* later */\n}\n')

  it('beside a status line stay, and the command is restored', () => {
    const text = '{\n  // my line\n  "statusLine": { /* a */ "command": "echo hi" /* b */ }, // c\n  "model": "opus"\n}\n'
    const here = place(text)
    install(here)
    expect(here.read()).toBe(text.replace('"echo hi"', () => JSON.stringify(wrapCommand(scriptPath(here.dataDir), 'echo hi'))))
    expect(readStatus(here)).toMatchObject({ state: 'installed', command: 'echo hi' })
    fs.writeFileSync(here.settings, edit(here.read()!))
    uninstall(here)
    expect(here.read()).toBe(edit(text))
  })

  it.each([
    ['in an empty object', '{ // mine\n}\n'],
    ['behind the last member', '{\n  "model": "opus" // mine\n}\n'],
    ['above the last member', '{\n  // mine\n  "model": "opus"\n}\n'],
    ['beside a null', '{\n  "statusLine": null, /* mine */\n  "model": "opus"\n}\n'],
  ])('%s stay, and uninstall restores every byte', (_, text) => {
    const here = place(text)
    expect(install(here)).toMatchObject({ done: 'installed', former: undefined })
    expect(here.read()).toContain('mine')
    expect(readStatus(here).state).toBe('installed')
    const installed = here.read()!
    expect(uninstall(here).done).toBe('uninstalled')
    expect(here.read()).toBe(text)
    // With later edits, everything but the status line stays.
    install(here)
    fs.writeFileSync(here.settings, edit(installed))
    uninstall(here)
    expect(here.read()).toContain('mine')
    expect(here.read()).toContain('/* later */')
    expect(here.read()).not.toContain('statusLine')
    expect(install(here).done).toBe('installed')
  })

  it.each([
    ['{\n  "model": "opus", // added\n  "statusLine": {}\n}', '{\n  "model": "opus" // added\n  \n}'],
    ['{ "statusLine": {}, // added\n  "model": "opus" }', '{  // added\n  "model": "opus" }'],
    ['{\n  // added\n  "statusLine": {}\n}', '{\n  // added\n  }'],
    ['{ "statusLine": {} // added\n}', '{  // added\n}'],
  ])('%j without the status line is %j', (text, expected) => {
    expect(withoutStatusLine(text, 'settings.json')).toBe(expected)
  })
})

describe('invalid settings', () => {
  it.each([
    ['cut off', '{"statusLine": {"command": "echo', /not valid JSON/],
    ['with two values', '{} {}', /not valid JSON: end of file expected, in line 1/],
    ['with a missing value', '{\n  "a":\n}', /not valid JSON: value expected, in line 3/],
    ['with a trailing comma', '{"a": 1,}', /not valid JSON/],
    ['a list', '[]', /must contain a JSON object/],
    ['a string', '"x"', /must contain a JSON object/],
    ['with two status lines', '{"statusLine": {"command": "a"}, "statusLine": {"command": "b"}}', /statusLine twice/],
    ['with a string as status line', '{"statusLine": "echo"}', /does not run a command/],
    ['with a command that is no string', '{"statusLine": {"command": 5}}', /does not run a command/],
    ['with another type', '{"statusLine": {"type": "static", "command": "x"}}', /does not run a command/],
  ])('%s: are rejected with a suggestion, and not changed', (_, text, why) => {
    const here = place(text)
    expect(() => install(here)).toThrow(
      expect.objectContaining({ name: 'Failure', message: expect.stringMatching(why), suggestion: expect.any(String) }),
    )
    expect(here.read()).toBe(text)
    expect(fs.readdirSync(path.dirname(here.settings))).toEqual(['settings.json'])
  })
})

test('a second install or uninstall changes nothing', () => {
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

test('a status line that was changed since stays', () => {
  const here = place('{"statusLine": {"command": "echo hi"}}')
  install(here)
  const other = '{"statusLine": {"command": "echo other"}}'
  fs.writeFileSync(here.settings, other)
  expect(readStatus(here)).toMatchObject({ state: 'not installed', command: 'echo other' })
  expect(uninstall(here)).toEqual({ done: 'changed', command: 'echo other' })
  expect(here.read()).toBe(other)
})

test('without DATA_DIR, status reports the missing script, and uninstall restores the command from the settings', () => {
  const here = place('{"statusLine": {"command": "echo \\"it\'s\\""}}')
  install(here)
  fs.rmSync(here.dataDir, { recursive: true })
  expect(readStatus(here)).toMatchObject({ state: 'script missing', command: 'echo "it\'s"' })
  uninstall(here)
  expect(here.read()).toBe('{"statusLine": {"command": "echo \\"it\'s\\""}}')
})

test('a symbolic link and the permissions of the settings stay, and the backup is private to this user', () => {
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

test('two folders of Claude Code are installed independently, and each is restored', () => {
  const one = place('{"statusLine": {"command": "echo one"}}')
  const two = { ...place('{"model": "opus"}'), dataDir: one.dataDir }
  install(one)
  install(two)
  uninstall(one)
  expect(one.read()).toBe('{"statusLine": {"command": "echo one"}}')
  expect(readStatus(two).state).toBe('installed')
  uninstall(two)
  expect(two.read()).toBe('{"model": "opus"}')
})

test('without a POSIX shell the settings run Node, and the record has the former command', () => {
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
