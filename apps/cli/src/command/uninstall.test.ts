import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { runCommand } from '../cli.suite.ts'

const SETTINGS = '{\n  // mine\n  "model": "opus",\n  "statusLine": { "type": "command", "command": "echo mine" }\n}\n'

/** A user who has installed what Signalbox offers for Claude Code. */
async function user() {
  const home = tempFolder()
  const claude = path.join(home, 'claude')
  const dataDir = path.join(home, 'data')
  fs.mkdirSync(claude)
  fs.writeFileSync(path.join(claude, 'settings.json'), SETTINGS)
  const env = { HOME: home, XDG_CONFIG_HOME: path.join(home, '.config'), CLAUDE_CONFIG_DIR: claude, DATA_DIR: dataDir, PATH: home }
  const run = (...words: string[]) => runCommand(home, words, env)
  for (const name of ['statusline', 'hooks']) expect((await run(name, 'install')).code).toBe(0)
  const read = () => fs.readFileSync(path.join(claude, 'settings.json'), 'utf8')
  expect(read()).not.toBe(SETTINGS)
  return { dataDir, run, read }
}

describe.skipIf(process.platform === 'win32')('signalbox uninstall', () => {
  test("takes back what was installed, leaves Claude Code's settings as they were, and says what stays", async () => {
    const { dataDir, run, read } = await user()
    const installed = read()
    const dry = await run('uninstall', '--dry-run')
    expect(dry.stdout).toMatch(/^Would undo: the hooks in .*\nWould undo: the status line in .*\nStays: .*\/data \(/)
    expect(read()).toBe(installed)
    expect(await run('uninstall')).toMatchObject({ code: 2, stderr: expect.stringContaining('Pass --yes') })

    const done = await run('uninstall', '--yes')
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.stdout).toContain('npm uninstall -g signalbox')
    expect(read()).toBe(SETTINGS)
    expect(fs.existsSync(dataDir)).toBe(true)
    expect((await run('uninstall', '--yes')).stdout).toContain('has changed nothing here')
  })

  test('with --data deletes the data too, but not while a hub works on it', async () => {
    const { dataDir, run, read } = await user()
    const hub = { url: 'http://127.0.0.1:9', pid: process.pid, host: 'here', version: '0.1.0', started_at: '' }
    fs.writeFileSync(path.join(dataDir, 'hub.json'), JSON.stringify(hub), { mode: 0o600 })
    expect(await run('uninstall', '--data', '--yes')).toMatchObject({ code: 1, stderr: expect.stringContaining('still runs') })
    expect(read()).toBe(SETTINGS)
    fs.rmSync(path.join(dataDir, 'hub.json'))
    const done = await run('uninstall', '--data', '--yes')
    expect(done.stdout).toMatch(/data: deleted\./)
    expect([done.code, fs.existsSync(dataDir)]).toEqual([0, false])
  })
})
