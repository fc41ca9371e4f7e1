import fs from 'node:fs'
import path from 'node:path'
import type { BackupResult } from '@signalbox/contract/backup'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { lockFolder } from '../../../hub/src/store/sqlite/lock.ts'
import { someCall } from '../../../hub/test/call.ts'
import { runCommand } from '../cli.suite.ts'
import { openHubFixture } from '../hub.suite.ts'

test('a hub is backed up while it runs, checked, and restored elsewhere', async () => {
  const { hub, client } = await openHubFixture()
  await client.ingestCalls('m', [someCall({ key: 'a:' })])
  const folder = tempFolder()
  const env = { CLAUDE_CONFIG_DIR: '', DATA_DIR: hub.folder }
  const run = (...words: string[]) => runCommand(folder, words, env)
  const made = await run('backup', '--to', path.join(folder, 'backups'))
  expect(made.stderr).toMatch(/^Made and checked: .*1 call.*\nCopy it to another disk/)
  expect(made.code).toBe(0)
  const place = made.stdout.trim()
  expect(fs.readdirSync(place).sort()).toEqual(['manifest.json', 'signalbox.db'])

  const release = await lockFolder(hub.folder, () => {})
  expect((await run('restore', place, '--yes')).stderr).toContain('Stop it, restore then, and start it again')
  release?.()
  const elsewhere = path.join(folder, 'new')
  expect(await run('restore', place, '--to', elsewhere)).toMatchObject({ code: 2, stderr: expect.stringContaining('Pass --yes') })
  const restored = await run('restore', place, '--to', elsewhere, '--yes')
  expect(restored).toMatchObject({ code: 0, stderr: '' })
  expect(restored.stdout).toMatch(/^Restored signalbox\.db in /)
  expect(fs.readdirSync(elsewhere)).toContain('signalbox.db')

  const { folder: second } = JSON.parse(
    (await run('backup', '--to', path.join(folder, 'backups'), '--no-check', '--json')).stdout,
  ) as BackupResult
  fs.appendFileSync(path.join(second, 'signalbox.db'), 'x')
  expect(await run('backup', '--check', second)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('its content has changed since'),
  })
  expect((await run('backup', '--keep', '0')).stderr).toContain('--keep must be a whole number')
})
