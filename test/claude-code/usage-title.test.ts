import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../../apps/cli/src/cli.suite.ts'
import { script, text } from '../support/messages-api.ts'
import { claudeCode, newest, old } from './client.ts'
import { clientHome } from './client-home.ts'
import { readRows } from './transcript.ts'

test.for([newest, old])(
  'a session of Claude Code %s is listed with its branch, then with the name that a person gave it, live and ended, and nothing of it is stored',
  async (version, { skip }) => {
    const client = await claudeCode(version, skip)
    const home = await clientHome()
    const cwd = await home.project('project', 'fix-login')
    const terminal = home.terminal(client, { cwd })
    const { sessionId } = await terminal.ready()
    await terminal.submit(script(text('It is done.')))
    await terminal.waitForAnswer('It is done.')
    const env = { CLAUDE_CONFIG_DIR: home.config }
    const list = async () => {
      const { stdout } = await runCommand(home.folder, ['usage', 'session', '--json'], env)
      const { rows } = JSON.parse(stdout) as { rows: Record<string, unknown>[] }
      return rows.map(({ session, title, project, branch }) => ({ session, title, project, branch }))
    }
    const row = { session: sessionId, project: cwd, branch: 'fix-login' }
    await expect.poll(list).toMatchObject([row])
    await terminal.submit('/rename planted-9e1f')
    await expect.poll(() => readRows(home.config, sessionId).map(({ type }) => type)).toContain('custom-title')
    expect(await list()).toEqual([{ ...row, title: 'planted-9e1f' }])
    await terminal.submit('/exit')
    await terminal.ended
    expect(await list()).toEqual([{ ...row, title: 'planted-9e1f' }])
    const { stdout } = await runCommand(home.folder, ['usage', 'session', '--session', sessionId.slice(0, 8)], env)
    expect(stdout).toContain(`${sessionId.slice(0, 8)}  planted-9e1f  `)
    expect(storedIn(home.folder)).not.toContain('planted-9e1f')
  },
)

/** All bytes of the local database. */
function storedIn(folder: string): string {
  const data = path.join(folder, 'data')
  const files = fs.readdirSync(data).filter((name) => /\.db/.test(name))
  expect(files.length).toBeGreaterThan(0)
  return files.map((name) => fs.readFileSync(path.join(data, name), 'latin1')).join('')
}
