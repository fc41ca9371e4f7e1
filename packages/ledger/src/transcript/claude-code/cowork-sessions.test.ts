import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { desktopDirs, findCoworkSessions } from './cowork-sessions.ts'

const ORG = '0c6b2f6a-1d5a-4a8e-9a53-0a8f0f0a7c11'
const ACCOUNT = '5f0a3e8c-27d4-4c0e-8a6f-5f2f8a1b9d22'

test('Claude Desktop has one data folder for accounts of Anthropic, and one for other clouds', () => {
  expect(desktopDirs({}, '/Users/ada', 'darwin')).toEqual([
    '/Users/ada/Library/Application Support/Claude',
    '/Users/ada/Library/Application Support/Claude-3p',
  ])
  expect(desktopDirs({}, '/home/ada', 'linux')).toEqual(['/home/ada/.config/Claude', '/home/ada/.config/Claude-3p'])
  expect(desktopDirs({ XDG_CONFIG_HOME: '/settings' }, '/home/ada', 'linux')).toEqual(['/settings/Claude', '/settings/Claude-3p'])
  expect(desktopDirs({ XDG_CONFIG_HOME: 'relative' }, '/home/ada', 'linux')[0]).toBe('/home/ada/.config/Claude')
})

test('on Windows an installation from the store has folders of its own', () => {
  const [roaming, local] = [tempFolder(), tempFolder()]
  fs.mkdirSync(path.join(local, 'Packages/Claude_pzs8sxrjxfjjc'), { recursive: true })
  fs.mkdirSync(path.join(local, 'Packages/Other_1'))
  const store = path.join(local, 'Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming')
  expect(desktopDirs({ APPDATA: roaming, LOCALAPPDATA: local }, 'home', 'win32')).toEqual(
    [roaming, store].flatMap((parent) => [path.join(parent, 'Claude'), path.join(parent, 'Claude-3p')]),
  )
})

test('the transcripts of each session of Cowork are found, those of the agents that it starts too, and nothing else', () => {
  const desktop = tempFolder()
  const account = path.join(desktop, 'local-agent-mode-sessions', ORG, ACCOUNT)
  const make = (...parts: string[]) => fs.mkdirSync(path.join(account, ...parts), { recursive: true })
  expect(findCoworkSessions(desktop)).toBeUndefined()
  make('local_one', 'outputs', '.claude', 'projects')
  // It has not been used yet.
  make('local_none', '.claude')
  make('rpm', '.claude', 'projects')
  expect(findCoworkSessions(desktop)).toBeUndefined()
  make('local_one', '.claude', 'projects', '-sessions-brave-ada')
  make('agent', 'local_ditto_two', '.claude', 'projects')
  fs.writeFileSync(path.join(account, 'local_file'), '')
  expect(findCoworkSessions(desktop)).toEqual({
    folder: path.join(desktop, 'local-agent-mode-sessions'),
    roots: [path.join(account, 'agent/local_ditto_two/.claude/projects'), path.join(account, 'local_one/.claude/projects')],
  })
})
