import path from 'node:path'
import { expect, it } from 'vitest'
import { startNode } from '../../../test/support/child.ts'
import { tempFolder } from '../../../test/support/temp.ts'

const keys = (folder: string, ...words: string[]) =>
  startNode([path.join(import.meta.dirname, 'keys.ts'), ...words], { env: { DATA_DIR: folder } }).finished

it('a key is printed alone, so that a script can keep it; what to do with it goes to stderr', async () => {
  const { code, stdout, stderr } = await keys(tempFolder(), 'create', 'laptop')
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^sbx_[\w-]{43}\n$/)])
  expect(stderr).toContain('shown this once')
})

it('keys are listed for people and for programs, without the keys themselves', async () => {
  const folder = tempFolder()
  expect((await keys(folder, 'list')).stdout).toContain('No keys. Make one')
  const { stdout: key } = await keys(folder, 'create', 'guest', '--scopes', 'read', '--expires', '30d')
  const list = (await keys(folder, 'list')).stdout
  expect(list).toMatch(
    /^KEY_ID +NAME +BEGINS +SCOPES +CREATED +LAST USED +STATE\nk_\w+ +guest +sbx_\S{4} +read +\d{4}-\d\d-\d\d +never +until \d{4}-/,
  )
  expect(list).not.toContain(key.trim())
  expect(JSON.parse((await keys(folder, 'list', '--json')).stdout)[0]).toMatchObject({ name: 'guest', scopes: ['read'] })
})

it.each([
  [[], 'create, list or revoke?'],
  [['create'], '"create" is not a command'],
  [['make', 'x'], '"make x" is not a command'],
  [['create', 'x', 'y'], '"y" is too much'],
  [['create', 'x', '--scopes', 'root'], 'scopes.0'],
  [['create', 'x', '--expires', 'never'], '--expires is "never"'],
  [['create', 'x', '--expires', '2001-01-01'], 'a day to come'],
  [['list', '--colour'], '--colour'],
])('%j is a mistake, and 2', async (words, message) => {
  const { code, stderr } = await keys(tempFolder(), ...words)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
  expect(stderr).toContain('Usage: signalbox keys')
})

it('a key that is not there is a failure, and 1', async () => {
  const { code, stderr } = await keys(tempFolder(), 'revoke', 'k_nobody')
  expect([code, stderr.trim()]).toEqual([1, 'signalbox keys: There is no key k_nobody. GET /api/keys lists the keys there are.'])
})
