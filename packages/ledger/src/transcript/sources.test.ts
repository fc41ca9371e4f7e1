import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../../../test/support/child.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { findNamedFolders } from './named-folders.ts'
import { findTranscriptPlaces, findTranscriptRoots } from './sources.ts'

test('configured folders are used whether they exist or not, each once', () => {
  const roots = findTranscriptRoots({
    CLAUDE_CONFIG_DIR: ' /a/claude, ~/b ,/a/claude',
    EXTRA_TRANSCRIPT_DIRS: '/logs/old,/a/claude/projects',
    CLAUDE_DESKTOP_DIRS: 'none',
  })
  expect(roots).toEqual([path.resolve('/a/claude/projects'), path.join(os.homedir(), 'b/projects'), path.resolve('/logs/old')])
})

/** Runs in a child process, because the home folder is a property of the process. */
async function rootsWith(env: Record<string, string | undefined>): Promise<string[]> {
  const program = `
    const { findTranscriptRoots } = await import(${JSON.stringify(path.join(import.meta.dirname, 'sources.ts'))})
    console.log(JSON.stringify(findTranscriptRoots(process.env)))`
  const unset = {
    CLAUDE_CONFIG_DIR: undefined,
    EXTRA_TRANSCRIPT_DIRS: undefined,
    CLAUDE_DESKTOP_DIRS: undefined,
    CODEX_HOME: undefined,
    TRANSCRIPT_SOURCES: undefined,
    XDG_CONFIG_HOME: undefined,
  }
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { env: { ...unset, ...env } })
  return JSON.parse(stdout)
}

test('of the two default folders the existing ones are used, or both when neither exists', async () => {
  const home = realpathSync(tempFolder())
  const old = path.join(home, '.claude/projects')
  const xdg = path.join(home, '.config/claude/projects')
  const env = { HOME: home, USERPROFILE: home }
  expect(await rootsWith(env)).toEqual([xdg, old])
  mkdirSync(old, { recursive: true })
  expect(await rootsWith(env)).toEqual([old])
  mkdirSync(xdg, { recursive: true })
  expect(await rootsWith(env)).toEqual([xdg, old])
  mkdirSync(path.join(home, 'settings/claude/projects'), { recursive: true })
  expect(await rootsWith({ ...env, XDG_CONFIG_HOME: path.join(home, 'settings') })).toEqual([
    path.join(home, 'settings/claude/projects'),
    old,
  ])
  expect(await rootsWith({ ...env, XDG_CONFIG_HOME: 'relative' })).toEqual([xdg, old])
})

test('Codex is found where it has run, or where CODEX_HOME names a folder, and a source that is not wanted is left out', async () => {
  const home = realpathSync(tempFolder())
  const claude = path.join(home, '.claude/projects')
  const [sessions, archive] = [path.join(home, '.codex/sessions'), path.join(home, '.codex/archived_sessions')]
  mkdirSync(claude, { recursive: true })
  const env = { HOME: home, USERPROFILE: home }
  mkdirSync(path.join(home, '.codex'))
  expect(await rootsWith(env)).toEqual([claude])
  mkdirSync(sessions)
  expect(await rootsWith(env)).toEqual([claude, sessions])
  mkdirSync(archive)
  expect(await rootsWith(env)).toEqual([claude, sessions, archive])
  expect(await rootsWith({ ...env, TRANSCRIPT_SOURCES: 'claude-code' })).toEqual([claude])
  expect(await rootsWith({ ...env, TRANSCRIPT_SOURCES: 'codex', EXTRA_TRANSCRIPT_DIRS: home })).toEqual([sessions, archive, home])
  expect(await rootsWith({ ...env, TRANSCRIPT_SOURCES: 'none' })).toEqual([])
  const named = path.join(home, 'named')
  expect(await rootsWith({ ...env, CODEX_HOME: named })).toEqual([claude, path.join(named, 'sessions')])
  expect(findTranscriptPlaces({ CODEX_HOME: named, TRANSCRIPT_SOURCES: 'codex' })).toEqual([
    { app: 'Codex', folder: named, roots: [path.join(named, 'sessions')] },
  ])
  const missing = [{ setting: 'CODEX_HOME', folder: named, problem: 'does not exist' }]
  expect(findNamedFolders({ CODEX_HOME: named })).toEqual(missing)
  expect(findNamedFolders({ CODEX_HOME: named, TRANSCRIPT_SOURCES: 'claude-code' })).toEqual([])
  expect(() => findTranscriptPlaces({ TRANSCRIPT_SOURCES: 'claude-code, gemini' })).toThrow(/TRANSCRIPT_SOURCES.*claude-code, codex/)
})

test('Cowork is found beside Claude Code, also where CLAUDE_CONFIG_DIR names other folders, unless it is not wanted', () => {
  const desktop = realpathSync(tempFolder())
  const root = path.join(desktop, 'local-agent-mode-sessions/org/account/local_1/.claude/projects')
  mkdirSync(root, { recursive: true })
  const env = { CLAUDE_CONFIG_DIR: '/a/claude' }
  const claude = { folder: path.resolve('/a/claude/projects'), roots: [path.resolve('/a/claude/projects')] }
  expect(findTranscriptPlaces({ ...env, CLAUDE_DESKTOP_DIRS: `${desktop},/nothing` })).toEqual([
    claude,
    { app: 'Cowork', folder: path.join(desktop, 'local-agent-mode-sessions'), roots: [root] },
  ])
  expect(findTranscriptPlaces({ ...env, CLAUDE_DESKTOP_DIRS: 'none' })).toEqual([claude])
})

test('of the folders that settings name, those that are not there are known; default folders are not named', () => {
  const folder = realpathSync(tempFolder())
  const [gone, file] = [path.join(folder, 'gone'), path.join(folder, 'file')]
  writeFileSync(file, '')
  const env = { CLAUDE_CONFIG_DIR: `${folder},${gone},${gone}`, EXTRA_TRANSCRIPT_DIRS: file, CLAUDE_DESKTOP_DIRS: path.join(file, 'x') }
  expect(findNamedFolders(env)).toEqual([
    { setting: 'CLAUDE_CONFIG_DIR', folder, problem: undefined },
    { setting: 'CLAUDE_CONFIG_DIR', folder: gone, problem: 'does not exist' },
    { setting: 'CLAUDE_DESKTOP_DIRS', folder: path.join(file, 'x'), problem: 'does not exist' },
    { setting: 'EXTRA_TRANSCRIPT_DIRS', folder: file, problem: 'is not a folder' },
  ])
  expect(findNamedFolders({ CLAUDE_DESKTOP_DIRS: 'none' })).toEqual([])
  expect(findNamedFolders({})).toEqual([])
})
