import fs from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { startNode } from '../../../test/support/child.ts'
import { tempFolder } from '../../../test/support/temp.ts'

const keys = (folder: string, ...args: string[]) =>
  startNode([path.join(import.meta.dirname, 'keys.ts'), ...args], { env: { DATA_DIR: folder } }).finished

it('a key is printed alone on stdout for scripts, and the advice on stderr', async () => {
  const { code, stdout, stderr } = await keys(tempFolder(), 'create', 'laptop')
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^sbx_[\w-]{43}\n$/)])
  expect(stderr).toContain('shown this once')
  expect(stderr).toContain('You are not locked out')
})

it('the key of the owner is made with the first key, never printed, and replaced on demand', async () => {
  const folder = tempFolder()
  const read = () => fs.readFileSync(path.join(folder, 'owner.key'), 'utf8').trim()
  expect((await keys(folder, 'owner')).stdout).toContain('no')
  await keys(folder, 'create', 'me')
  const first = read()
  await keys(folder, 'create', 'other')
  expect(read()).toBe(first)
  const shown = await keys(folder, 'owner', '--json')
  expect(JSON.parse(shown.stdout)).toEqual({ file: path.join(folder, 'owner.key'), exists: true, rotated: false })
  const rotated = await keys(folder, 'owner', '--rotate')
  expect([rotated.code, rotated.stdout]).toEqual([0, expect.stringContaining('has a new key')])
  const second = read()
  expect(second).not.toBe(first)
  for (const { stdout, stderr } of [shown, rotated]) {
    for (const key of [first, second]) expect(stdout + stderr).not.toContain(key.slice(4))
  }
  // A damaged file is no dead end.
  fs.writeFileSync(path.join(folder, 'owner.key'), 'half')
  const damaged = await keys(folder, 'owner')
  expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('keys owner --rotate')])
  expect((await keys(folder, 'owner', '--rotate')).code).toBe(0)
})

it('keys are listed for people and for programs, without the keys themselves', async () => {
  const folder = tempFolder()
  expect((await keys(folder, 'list')).stdout).toContain(
    `The hub database in ${folder} has no keys. To make one: signalbox keys create NAME`,
  )
  const { stdout: key } = await keys(folder, 'create', 'guest', '--scopes', 'read', '--expires', '30d')
  const list = (await keys(folder, 'list')).stdout
  expect(list).toMatch(
    /^KEY_ID +NAME +BEGINS +SCOPES +ABOUT +CREATED +LAST USED +STATE\nk_\w+ +guest +sbx_\S{4} +read +all +\d{4}-\d\d-\d\d +never +until \d{4}-/,
  )
  expect(list).not.toContain(key.trim())
  expect(JSON.parse((await keys(folder, 'list', '--json')).stdout)[0]).toMatchObject({ name: 'guest', scopes: ['read'] })
})

it('a name that a former hub took commands no terminal and forges no row', async () => {
  const folder = tempFolder()
  await keys(folder, 'create', 'guest', '--machine', 'box-7')
  const store = new Database(path.join(folder, 'signalbox.db'))
  store.prepare('UPDATE key SET name = ?, machine_id = ?').run('x\nk_forged  admin\u001b[2J\u202e', 'box\r\nk_other\u001bc')
  const id = store.prepare<[], string>('SELECT key_id FROM key').pluck().get()!
  store.close()
  const { stdout } = await keys(folder, 'list')
  const [titles, row, ...rest] = stdout.trimEnd().split('\n')
  expect([titles, row, rest]).toEqual([
    expect.stringMatching(/^KEY_ID/),
    expect.stringMatching(/^k_\w{12} +x k_forged {2}admin\\u001b\[2J\\u202e +sbx_\S+ +read +box k_other\\u001bc /),
    [],
  ])
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  const revoked = (await keys(folder, 'revoke', id)).stdout
  expect(revoked.trimEnd()).not.toMatch(/[\p{Cc}\u202e]/u)
})

it.each([
  [[], 'create, list, revoke or owner?'],
  [['create'], '"create" is not a command'],
  [['make', 'x'], '"make x" is not a command'],
  [['create', 'x', 'y'], 'unexpected argument: y'],
  [['create', 'x', '--scopes', 'root'], 'scopes.0'],
  [['create', 'x', '--expires', 'ever'], '--expires is "ever"'],
  [['create', 'x', '--expires', '2001-01-01'], 'a day to come'],
  [['list', '--colour'], '--colour'],
])('%j is a usage error with exit code 2', async (words, message) => {
  const { code, stderr } = await keys(tempFolder(), ...words)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
  expect(stderr).toContain('Usage: signalbox keys')
})

it('a key that is not said what it is for may read, for a year', async () => {
  const folder = tempFolder()
  await keys(folder, 'create', 'guest')
  await keys(folder, 'create', 'mine', '--scopes', 'read,admin', '--expires', 'never', '--machine', 'box-7', '--project', 'web')
  const [mine, guest] = JSON.parse((await keys(folder, 'list', '--json')).stdout) as Record<string, string>[]
  expect(guest).toMatchObject({ scopes: ['read'] })
  expect(Math.round((Date.parse(guest!.expires_at!) - Date.now()) / 86_400_000)).toBe(365)
  expect(mine).toMatchObject({ scopes: ['read', 'admin'], machine_id: 'box-7', project_id: 'web' })
  expect(mine).not.toHaveProperty('expires_at')
})

it('an unknown key is an error with exit code 1', async () => {
  const { code, stderr } = await keys(tempFolder(), 'revoke', 'k_nobody')
  expect([code, stderr.trim()]).toEqual([1, 'signalbox keys: There is no key k_nobody. GET /api/keys lists the keys there are.'])
})

it('with --if-none a script makes one key, however often it runs', async () => {
  const folder = tempFolder()
  expect((await keys(folder, 'create', 'admin', '--if-none')).stdout).toMatch(/^sbx_[\w-]{43}\n$/)
  const again = await keys(folder, 'create', 'admin', '--if-none')
  expect(again).toMatchObject({ code: 0, stdout: 'There is a key already; none was made.\n', stderr: '' })
})
