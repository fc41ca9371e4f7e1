import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findFolders, findProjects } from './find-projects.ts'
import { createProjectMap, type MachineFolder, testFolders } from './project-map.ts'
import { folderNames, shortNames } from './project-name.ts'
import { foldersAbove, normalizeFolder, worktreeOwner } from './project-path.ts'
import { repositoryId } from './repository-id.ts'

describe('a folder is written in one way', () => {
  it.each([
    ['/home/u/shop/', '/home/u/shop'],
    ['/home//u/./shop/../shop', '/home/u/shop'],
    ['/', '/'],
    ['w:\\app', 'W:\\app'],
    ['W:/app/', 'W:\\app'],
    ['w:', 'W:\\'],
    ['\\\\?\\c:\\app', 'C:\\app'],
    ['\\\\server\\share\\app\\', '\\\\server\\share\\app'],
    ['redacted-0123456789abcdef', 'redacted-0123456789abcdef'],
    ['engine/', 'engine'],
    ['', ''],
  ])('%s is %s', (folder, written) => {
    expect(normalizeFolder(folder)).toBe(written)
    expect(normalizeFolder(written)).toBe(written)
  })

  it('has the folders above it', () => {
    expect([...foldersAbove('/home/u/shop')]).toEqual(['/home/u', '/home'])
    expect([...foldersAbove('W:\\a\\b')]).toEqual(['W:\\a', 'W:\\'])
    expect([...foldersAbove('')]).toEqual([])
  })

  it('shows whose worktree it is, unless that would be everything of a user', () => {
    expect(worktreeOwner('/home/u/shop/.claude/worktrees/calm-fox-77/packages/api')).toBe('/home/u/shop')
    expect(worktreeOwner('/home/u/shop/.claude/worktrees/a/.claude/worktrees/b')).toBe('/home/u/shop')
    expect(worktreeOwner('W:\\shop\\.claude\\worktrees\\a')).toBe('W:\\shop')
    expect(worktreeOwner('/home/u/shop/.worktrees/feature')).toBe('/home/u/shop')
    for (const other of [
      '/home/u/.claude/worktrees/a',
      '/export/home/u/.claude/worktrees/a',
      '/usr/home/u/.claude/worktrees/a',
      '/home/u/shop',
      '/home/u/shop/.claude',
      '/home/u/shop/worktrees/a',
      'C:\\Users\\u\\.worktrees\\a',
    ]) {
      expect(worktreeOwner(other)).toBeUndefined()
    }
  })
})

describe('a repository has one id, however it is fetched', () => {
  it.each([
    'https://github.com/Acme/Shop.git',
    'https://user:secret@github.com/acme/shop',
    'https://www.github.com/acme/shop/',
    'git@github.com:acme/shop.git',
    'ssh://git@github.com:22/acme/shop.git',
    'ssh://git@ssh.github.com:443/acme/shop.git',
    'git://github.com/acme/shop.git',
  ])('%s', (remote) => expect(repositoryId(remote)).toBe('github.com/acme/shop'))

  it('also at Azure, on hosts of its own, and with an address for a host', () => {
    for (const remote of ['git@ssh.dev.azure.com:v3/org/proj/repo', 'https://org@dev.azure.com/org/proj/_git/repo']) {
      expect(repositoryId(remote)).toBe('dev.azure.com/org/proj/repo')
    }
    expect(repositoryId('http://git.example:3000/Team/Shop.git?token=1')).toBe('git.example/Team/Shop')
    expect(repositoryId('git@[::1]:team/shop')).toBe('[::1]/team/shop')
  })

  it.each(['/srv/git/shop.git', '../shop', 'C:\\git\\shop', 'C:/git/shop', 'file:///srv/git/shop.git', '', 'https://github.com/'])(
    'a remote without a host has none: %s',
    (remote) => expect(repositoryId(remote)).toBeUndefined(),
  )
})

describe('names of projects', () => {
  it('are the last part, longer only where two would read alike', () => {
    expect(shortNames(['/home/u/shop', '/home/u/blog', 'W:\\app', 'github.com/acme/web'])).toEqual(['shop', 'blog', 'app', 'web'])
    expect(shortNames(['/home/u/shop', '/srv/shop', '/srv/blog'])).toEqual(['u/shop', '/srv/shop', 'blog'])
    expect(shortNames(['github.com/acme/shop', 'gitlab.com/acme/shop', '/x/Shop'])).toEqual([
      'github.com/acme/shop',
      'gitlab.com/acme/shop',
      '/x/Shop',
    ])
    expect(shortNames(['/home/ada/e\\u001b[31mred'])).toEqual(['e\\u001b[31mred'])
    expect(shortNames(['/shop', '/home/shop'])).toEqual(['/shop', '/home/shop'])
  })

  it('say something: never a number, or where the code is', () => {
    expect(shortNames(['/work/shop/1', '/work/shop/2', '/work/blog/main', '/3', '/work/api/src'])).toEqual([
      'shop/1',
      'shop/2',
      'blog/main',
      '/3',
      'api/src',
    ])
  })

  it('differ for any different ids, however many repeat', () => {
    const segment = fc.constantFrom('a', 'b', 'A', '1', 'src')
    const id = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => `/${segments.join('/')}`)
    fc.assert(
      fc.property(fc.array(id, { maxLength: 30 }), (ids) => {
        const names = shortNames(ids)
        expect(new Set(names).size).toBe(new Set(ids).size)
        for (const [index, name] of names.entries()) expect(ids[index]!.endsWith(name)).toBe(true)
      }),
    )
  })

  it('of worktrees say whose they are', () => {
    const folders = [
      '/home/u/shop',
      '/home/u/shop/.claude/worktrees/calm-fox-77',
      'W:\\app\\.worktrees\\fix\\src',
      '/home/u/shop/api',
      '',
      'engine',
    ]
    expect(folderNames(folders)).toEqual(['shop', 'shop (calm-fox-77)', 'app (fix\\src)', 'api', '', 'engine'])
  })

  it('of ten thousand projects are found in a moment', () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => `/home/u${index}/work/shop`)
    expect(shortNames(ids)[77]).toBe('u77/work/shop')
  })
})

describe('the project of a folder', () => {
  const seen = (machine: string, folder: string, project: string, root = folder): MachineFolder => ({
    machine,
    folder,
    project,
    root,
    seen: 'git',
  })
  const byPath = (machine: string, folder: string, project: string): MachineFolder => ({
    machine,
    folder,
    project,
    root: project,
    seen: 'path',
  })
  const shop = 'github.com/acme/shop'

  it('follows from its path where no machine has looked', () => {
    const map = createProjectMap([])
    const folders = ['/home/u/shop', '/home/u/shop/', '/home/u/shop/.claude/worktrees/calm-fox-77']
    expect(folders.map((folder) => map.projectOf('', folder))).toEqual(['/home/u/shop', '/home/u/shop', '/home/u/shop'])
    expect(['w:\\app', 'W:\\app', 'W:/app'].map((folder) => map.projectOf('', folder))).toEqual(['W:\\app', 'W:\\app', 'W:\\app'])
    expect(map.projectOf('', '')).toBe('')
    expect(map.needsMachine).toBe(false)
  })

  it('is what a machine has seen, for the worktrees and folders around it too', () => {
    const map = createProjectMap([seen('a', '/home/u/shop', shop), seen('a', '/tmp/feature', shop, '/home/u/shop')])
    for (const folder of ['/home/u/shop', '/tmp/feature', '/home/u/shop/.claude/worktrees/new', '/home/u/shop/packages/api']) {
      expect(map.projectOf('b', folder)).toBe(shop)
    }
    expect(map.projectOf('a', '/home/u/shopping')).toBe('/home/u/shopping')
  })

  it('differs by machine only where they have seen different ones', () => {
    const map = createProjectMap([
      seen('a', '/workspace', shop),
      seen('b', '/workspace', 'github.com/acme/blog'),
      byPath('c', '/workspace', '/workspace'),
    ])
    expect(map.needsMachine).toBe(true)
    expect(['a', 'b', 'c', 'd'].map((machine) => map.projectOf(machine, '/workspace'))).toEqual([
      shop,
      'github.com/acme/blog',
      '/workspace',
      '/workspace',
    ])
    const same = createProjectMap([seen('a', '/workspace', shop), byPath('c', '/workspace', '/workspace')])
    expect(same.needsMachine).toBe(false)
    expect(same.projectOf('c', '/workspace')).toBe(shop)
  })

  it('is found by its id, a folder in it, and the end of its id', () => {
    const folders = [
      seen('a', '/home/u/shop', shop),
      seen('a', '/home/u/other', 'github.com/beta/shop'),
      seen('b', 'W:\\app', 'github.com/acme/app'),
    ]
    const map = createProjectMap(folders)
    const used = [
      ...folders,
      { machine: 'a', folder: '/home/u/shop/api' },
      { machine: 'a', folder: '/home/u/blog' },
      { machine: 'b', folder: '' },
    ]
    const find = (asked: string, options = {}) => findProjects(asked, map, used, options)
    expect(find(shop)).toEqual({ kind: 'exact', names: [shop], nearest: [] })
    for (const asked of [
      '/home/u/shop/api/',
      '/home/u/shop/without/calls',
      '~/shop',
      'acme/Shop',
      'acme/shop',
      '/home/u/shop/.claude/worktrees/x',
    ]) {
      expect(find(asked), asked).toMatchObject({ kind: 'found', names: [shop] })
    }
    expect(find('w:/app/').names).toEqual(['github.com/acme/app'])
    expect(find('/home/u/blog').kind).toBe('exact')
    expect(find('app').names).toEqual(['github.com/acme/app'])
    expect(find('').names).toEqual([''])
    expect(find('shop')).toMatchObject({ kind: 'ambiguous', names: [], nearest: [shop, 'github.com/beta/shop'] })
    expect(find('shop', { path: '/home/u/other' }).names).toEqual(['github.com/beta/shop'])
    expect(find('~/shop/api', { home: '/home/u' }).names).toEqual([shop])
    expect(find('shpo')).toMatchObject({
      kind: 'unknown',
      names: [],
      nearest: [shop, 'github.com/beta/shop', expect.any(String), expect.any(String)],
    })
    expect(find('/nowhere').kind).toBe('unknown')
    expect(find('hop', { path: '/home/u/shop/hop' }).kind, 'a name is no folder in the current repository').toBe('ambiguous')
  })

  it('has folders, which are found however they are written', () => {
    const used = ['/home/u/shop', 'w:\\app', 'W:\\app\\']
    for (const asked of ['w:/app', 'W:\\app', 'app']) expect(findFolders(asked, used).names, asked).toEqual(['W:\\app'])
    const test = testFolders(createProjectMap([]), '/home/u/shop', '/home/u/shop/api')!
    expect(['/home/u/shop', '/home/u/shop/api', '/home/u/shop/api/'].map((folder) => test('', folder))).toEqual([false, false, false])
    const inside = testFolders(createProjectMap([seen('', '/home/u/shop', shop)]), [shop], ['/home/u/shop/api'])!
    expect(['/home/u/shop', '/home/u/shop/api', '/home/u/shop/api/'].map((folder) => inside('', folder))).toEqual([false, true, true])
  })

  it('may be a group of several repositories', () => {
    const folders = [seen('a', '/home/u/api', 'github.com/acme/shop-api'), seen('a', '/home/u/web', 'github.com/acme/shop-web')]
    const map = createProjectMap(folders, [
      { name: 'shop', projects: ['acme/shop-*', '/srv/shop'] },
      { name: 'mine', projects: ['/home/u/web', 'blog'] },
    ])
    expect(['/home/u/api', '/home/u/web', '/srv/shop', '/srv/shop/x', '/x/blog'].map((folder) => map.projectOf('a', folder))).toEqual([
      'shop',
      'shop',
      'shop',
      '/srv/shop/x',
      'mine',
    ])
    expect(findProjects('/home/u/api', map, folders).names).toEqual(['shop'])
    expect(testFolders(map, 'shop', undefined)!('a', '/home/u/web')).toBe(true)
  })
})
