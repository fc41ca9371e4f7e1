import { mkdirSync, realpathSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../../test/support/child.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { findTranscriptRoots } from './transcript-roots.ts'

test('configured folders are used whether they exist or not, each once', () => {
  const roots = findTranscriptRoots({
    CLAUDE_CONFIG_DIR: ' /a/claude, ~/b ,/a/claude',
    EXTRA_TRANSCRIPT_DIRS: '/logs/old,/a/claude/projects',
  })
  expect(roots).toEqual([path.resolve('/a/claude/projects'), path.join(os.homedir(), 'b/projects'), path.resolve('/logs/old')])
})

/** Runs in a child process, because the home folder is a property of the process. */
async function rootsWith(env: Record<string, string | undefined>): Promise<string[]> {
  const program = `
    const { findTranscriptRoots } = await import(${JSON.stringify(path.join(import.meta.dirname, 'transcript-roots.ts'))})
    console.log(JSON.stringify(findTranscriptRoots(process.env)))`
  const unset = { CLAUDE_CONFIG_DIR: undefined, EXTRA_TRANSCRIPT_DIRS: undefined, XDG_CONFIG_HOME: undefined }
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
