import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { run } from '../../../../test/support/child.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { type HookPlace, installHooks, readHooksStatus, uninstallHooks } from './install.ts'
import { hookSpool, pluginFolder, readPluginHooks } from './plugin-hooks.ts'

interface TestPlace extends HookPlace {
  read(): string | undefined
  write(text: string): void
}

function place(text?: string, plugin = pluginFolder()): TestPlace {
  const folder = tempFolder()
  const settings = path.join(folder, 'claude', 'settings.json')
  fs.mkdirSync(path.dirname(settings))
  if (text !== undefined) fs.writeFileSync(settings, text)
  return {
    dataDir: path.join(folder, "data of 'mine'"),
    settings,
    platform: 'linux',
    plugin,
    read: () => (fs.existsSync(settings) ? fs.readFileSync(settings, 'utf8') : undefined),
    write: (changed) => fs.writeFileSync(settings, changed),
  }
}

const withoutComments = (text: string) => text.replace(/^\ufeff/, '').replace(/\/\/ [^\n]*|\/\*.*?\*\//g, '')
const hooksIn = (text: string | undefined) => (JSON.parse(withoutComments(text ?? '')) as { hooks: Record<string, unknown[]> }).hooks
const wanted = ({ plugin, dataDir }: HookPlace) => readPluginHooks(plugin, dataDir, 'linux')
const foreign = { matcher: 'Bash', hooks: [{ type: 'command', command: 'echo mine' }] }

const texts: [string, string][] = [
  ['empty', '{}'],
  ['no characters', ''],
  ['one line', '{"model": "opus"}'],
  ['four spaces', '{\n    "model": "opus",\n    "permissions": {\n        "allow": ["Bash"]\n    }\n}\n'],
  ['tabs and Windows line ends', '{\r\n\t"model": "opus"\r\n}\r\n'],
  ['a byte order mark', '\ufeff{\n  "model": "opus"\n}\n'],
  ['no hooks yet', '{\n  "hooks": {},\n  "model": "opus"\n}\n'],
  ['null for hooks', '{\n  "hooks": null,\n  "model": "opus"\n}\n'],
  ['foreign hooks', `{\n  "hooks": {\n    "Stop": [\n      ${JSON.stringify(foreign)}\n    ],\n    "MyEvent": []\n  },\n  "z": 1\n}\n`],
  ['foreign hooks on one line', `{"hooks": {"Stop": [${JSON.stringify(foreign)}], "PreToolUse": []}}`],
  [
    'comments',
    `{\n  // mine\n  "hooks": { // of hooks\n    "Stop": [\n      // before\n      ${JSON.stringify(foreign)} // after\n    ] // list\n  } /* end */\n}\n`,
  ],
]

describe.each(texts)('settings: %s', (_, text) => {
  it('get the hooks behind their own, and uninstall restores every byte', () => {
    const here = place(text)
    expect(installHooks(here).done).toBe('installed')
    const before = text.trim() === '' ? {} : (JSON.parse(withoutComments(text)) as { hooks?: Record<string, unknown[]> | null })
    for (const [event, groups] of Object.entries(wanted(here))) {
      expect(hooksIn(here.read())[event]).toEqual([...(before.hooks?.[event] ?? []), ...groups])
    }
    expect(here.read()!.includes('\r\n')).toBe(text.includes('\r\n'))
    for (const comment of text.match(/\/\/ \w+|\/\* \w+ \*\//g) ?? []) expect(here.read()).toContain(comment)
    expect(readHooksStatus(here).state).toBe('installed')
    expect(uninstallHooks(here)).toBe(true)
    expect(here.read()).toBe(text)
    expect(fs.existsSync(path.join(here.dataDir, 'hooks'))).toBe(false)
  })

  it('stay the same at a second install', () => {
    const here = place(text)
    installHooks(here)
    const once = here.read()
    expect(installHooks(here).done).toBe('already')
    expect(here.read()).toBe(once)
  })

  it('keep later edits, and nothing of ours', () => {
    const here = place(text)
    installHooks(here)
    here.write(here.read()!.replace(/}(?=[^}]*$)/, ', "added": true}'))
    uninstallHooks(here)
    const before = text.trim() === '' ? {} : (JSON.parse(withoutComments(text)) as object)
    const after = JSON.parse(withoutComments(here.read()!)) as { hooks?: object }
    // An empty object in place of null means the same.
    expect({ ...after, hooks: after.hooks ?? {} }).toEqual({
      hooks: {},
      ...before,
      ...('hooks' in before && !before.hooks ? { hooks: {} } : {}),
      added: true,
    })
    for (const comment of text.match(/\/\/ \w+|\/\* \w+ \*\//g) ?? []) expect(here.read()).toContain(comment)
  })

  it('are updated after a move of Signalbox, and uninstall still restores every byte', () => {
    const here = place(text)
    const moved = path.join(tempFolder(), 'claude-plugin')
    fs.cpSync(here.plugin, moved, { recursive: true })
    installHooks({ ...here, plugin: moved })
    expect(readHooksStatus(here).state).toBe('outdated')
    expect(installHooks(here).done).toBe('updated')
    expect(here.read()).not.toContain(moved)
    uninstallHooks(here)
    expect(here.read()).toBe(text)
  })
})

it('a missing file is created, and removed again', () => {
  const here = place()
  installHooks(here)
  expect(Object.keys(hooksIn(here.read()))).toContain('SessionStart')
  uninstallHooks(here)
  expect(here.read()).toBeUndefined()
})

it('a hook that was moved into a foreign group leaves it alone', () => {
  const here = place('{}')
  installHooks(here)
  const [own] = wanted(here).Stop!
  here.write(JSON.stringify({ hooks: { Stop: [{ ...foreign, hooks: [...foreign.hooks, ...own!.hooks] }] } }))
  uninstallHooks(here)
  expect(JSON.parse(here.read()!)).toEqual({ hooks: { Stop: [foreign] } })
})

it.each([
  ['a comma too much', '{\n  "model": "opus",\n}\n', /not valid JSON: .*line 3/],
  ['half a file', '{\n  "model": "op', /not valid JSON: .*line 2/],
  ['a list', '[]', /must contain a JSON object/],
  ['hooks twice', '{"hooks": {}, "hooks": {}}', /hooks twice/],
  ['hooks of another form', '{"hooks": []}', /do not have the form/],
  ['an event of another form', '{"hooks": {"Stop": {}}}', /do not have the form/],
])('settings with %s are refused and not changed', (_, text, message) => {
  const here = place(text)
  for (const act of [installHooks, uninstallHooks, readHooksStatus]) expect(() => act(here)).toThrow(message)
  expect(here.read()).toBe(text)
})

it('the installed command spools an event, says nothing, and does nothing when Signalbox is gone', async () => {
  const plugin = path.join(tempFolder(), 'claude-plugin')
  fs.cpSync(pluginFolder(), plugin, { recursive: true })
  const here = place('{}', plugin)
  installHooks(here)
  expect(readHooksStatus(here)).toMatchObject({ last_event_at: undefined, waiting: 0 })
  const [group] = wanted(here).SessionStart!
  const command = String(group!.hooks[0]!.command)
  const input = JSON.stringify({ hook_event_name: 'SessionStart', session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21' })
  // Without a sender the event stays where it is.
  fs.rmSync(path.join(plugin, 'dist'), { recursive: true, force: true })
  expect(await run('sh', ['-c', command], { input })).toMatchObject({ code: 0, stdout: '', stderr: '' })
  const spool = path.join(hookSpool(here.dataDir), 'spool')
  const [file] = fs.readdirSync(spool)
  expect(fs.readFileSync(path.join(spool, file!), 'utf8')).toContain(input)
  const { last_event_at, waiting } = readHooksStatus(here)
  expect(waiting).toBe(1)
  expect(Math.abs(Date.now() - last_event_at!)).toBeLessThan(60_000)

  fs.rmSync(plugin, { recursive: true })
  expect(await run('sh', ['-c', command], { input })).toMatchObject({ code: 0, stdout: '', stderr: '' })
})

it('counts as waiting also what a sender has prepared for a hub that is away', async () => {
  const here = place('{}')
  installHooks(here)
  const [group] = wanted(here).SessionStart!
  const input = JSON.stringify({ hook_event_name: 'SessionStart', session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21' })
  const folder = hookSpool(here.dataDir)
  onTestFinished(() => void process.kill(Number(fs.readFileSync(path.join(folder, 'sender'), 'utf8')), 'SIGKILL'))
  await run('sh', ['-c', String(group!.hooks[0]!.command)], { input, env: { ...process.env, SIGNALBOX_URL: 'http://127.0.0.1:9' } })
  const queued = () => (fs.existsSync(path.join(folder, 'queue')) ? fs.readdirSync(path.join(folder, 'queue')) : [])
  await expect.poll(queued).toHaveLength(1)
  await expect.poll(() => fs.readdirSync(path.join(folder, 'spool'))).toEqual([])
  expect(readHooksStatus(here)).toMatchObject({ waiting: 1 })
})
