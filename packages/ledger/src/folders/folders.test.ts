import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { UsageRow } from '@signalbox/contract/usage'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { git, makeRepository } from '../../../../test/support/git.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { callLine, type LedgerFixture, ledgerFixture, lines } from '../ledger-fixture.ts'
import { type LedgerStore, openLedgerStore } from '../store/ledger-store.ts'
import { repositoryFinder } from './git-repository.ts'
import { rootsByPath } from './path-rules.ts'
import { updateFolders } from './update-folders.ts'

const DAY_MS = 86_400_000
let calls = 0

interface Used {
  readonly cwd: string
  readonly session?: string
  readonly branch?: string
}

/** Reads a transcript with a call in each folder. */
async function use(fixture: LedgerFixture, ...used: (string | Used)[]): Promise<void> {
  for (const one of used) {
    const call = typeof one === 'string' ? { cwd: one } : one
    calls++
    fixture.append(`transcript-${calls}.jsonl`, lines(callLine({ ...call, id: `msg_${calls}`, request: `req_${calls}` })))
  }
  await fixture.refresh()
}

function rowsOf({ ledger }: LedgerFixture, group: 'project' | 'folder' = 'project', filters = {}): UsageRow[] {
  return ledger.report({ group, timezone: 'UTC', filters }).rows
}
/** The ledger as one of an older version leaves it, which has looked at no folder. */
function unlooked({ dataDir }: LedgerFixture): LedgerStore {
  const store = openLedgerStore(dataDir)
  store.db.exec("DELETE FROM folders; DELETE FROM meta WHERE name = 'folders'")
  return store
}

const projects = (fixture: LedgerFixture) => new Map(rowsOf(fixture).map((row) => [row.project, row.calls]))

it.each(['/export/home/u', '/data/people/u', '/usr/home/u', 'D:\\people\\u'])(
  'the home folder %s is not the project of what lies in it',
  (home) => {
    const inside = home.includes('\\') ? `${home}\\code\\a` : `${home}/code/a`
    const used = [home, inside].map((folder) => ({ folder, session: 's', has_branch: 0 }))
    expect(rootsByPath(used, new Set(), new Set([home]))).toEqual(new Map([home, inside].map((folder) => [folder, folder])))
  },
)

it('a home folder behind a link is known where it really is', async () => {
  const real = tempFolder()
  const home = path.join(tempFolder(), 'home')
  symlinkSync(real, home)
  const fixture = ledgerFixture()
  const inside = path.join(real, 'code', 'a')
  await use(fixture, { cwd: real, branch: 'main' }, inside, inside)
  const store = unlooked(fixture)
  await updateFolders(store, { touched: new Set(), now: Date.now(), home })
  store.close()
  expect(projects(fixture)).toEqual(
    new Map([
      [inside, 2],
      [real, 1],
    ]),
  )
})

describe('a repository on the disk', () => {
  it('is one project with its worktrees and subfolders, wherever they lie, also after they are gone', async () => {
    const home = tempFolder()
    const shop = makeRepository(path.join(home, 'shop'), 'git@github.com:acme/shop.git')
    const api = path.join(shop, 'packages', 'api')
    mkdirSync(api, { recursive: true })
    const [feature, claude] = [path.join(home, 'elsewhere', 'feature'), path.join(shop, '.claude', 'worktrees', 'calm-fox-77')]
    for (const worktree of [feature, claude]) git(shop, 'worktree', 'add', '--quiet', '-b', path.basename(worktree), worktree)
    const fixture = ledgerFixture()
    await use(fixture, shop, `${shop}/`, api, feature, claude)
    expect(rowsOf(fixture)).toMatchObject([{ project: 'github.com/acme/shop', short_name: 'shop', calls: 5 }])
    expect(rowsOf(fixture, 'folder', { project: 'github.com/acme/shop' }).map(({ folder, calls }) => [folder, calls])).toEqual(
      [
        [api, 1],
        [claude, 1],
        [feature, 1],
        [shop, 2],
      ].sort((a, b) => Number(b[1]) - Number(a[1]) || (a[0]! < b[0]! ? -1 : 1)),
    )
    git(shop, 'worktree', 'remove', feature)
    rmSync(shop, { recursive: true })
    await use(fixture, path.join(shop, 'packages', 'web'), feature)
    expect(projects(fixture)).toEqual(new Map([['github.com/acme/shop', 7]]))
  })

  it('without a remote is named after its folder, and joins its other machines once it has one', async () => {
    const shop = makeRepository(path.join(tempFolder(), 'shop'))
    const worktree = path.join(tempFolder(), 'fix')
    git(shop, 'worktree', 'add', '--quiet', worktree)
    let now = Date.parse('2026-11-20T12:00:00Z')
    const fixture = ledgerFixture({ now: () => now })
    await use(fixture, shop, worktree)
    expect(projects(fixture)).toEqual(new Map([[shop, 2]]))
    git(shop, 'remote', 'add', 'origin', 'https://github.com/acme/shop')
    await use(fixture, shop)
    expect(projects(fixture), 'looked at less than a day ago').toEqual(new Map([[shop, 3]]))
    now += DAY_MS
    expect(await fixture.refresh(), 'no new calls, no look').toMatchObject({ folders_changed: 0 })
    await use(fixture, shop)
    expect(projects(fixture), 'its worktree too').toEqual(new Map([['github.com/acme/shop', 4]]))
    writeFileSync(path.join(shop, '.git/config'), '')
    now += DAY_MS
    await use(fixture, worktree)
    expect(projects(fixture)).toEqual(new Map([[shop, 5]]))
  })

  it('may be a bare one with worktrees beside it, or have a submodule, which is a repository of its own', async () => {
    const home = tempFolder()
    const library = makeRepository(path.join(home, 'library'))
    const shop = makeRepository(path.join(home, 'shop'), 'https://github.com/acme/shop')
    git(shop, 'submodule', '--quiet', 'add', library, 'vendor/library')
    git(path.join(shop, 'vendor/library'), 'remote', 'set-url', 'origin', 'https://github.com/acme/library')
    git(home, 'clone', '--quiet', '--bare', shop, path.join(home, 'trees', '.bare'))
    const trees = path.join(home, 'trees')
    writeFileSync(path.join(trees, '.git'), 'gitdir: ./.bare\n')
    git(trees, 'worktree', 'add', '--quiet', 'main')
    git(trees, 'remote', 'remove', 'origin')
    const finder = repositoryFinder()
    expect(await finder.find(path.join(trees, 'main', 'deep'))).toEqual({ root: trees, id: undefined, isRead: true })
    expect(await finder.find(trees)).toEqual({ root: trees, id: undefined, isRead: true })
    expect(await finder.find(path.join(shop, 'vendor/library/src'))).toMatchObject({ id: 'github.com/acme/library' })
    expect(await finder.find(path.join(shop, 'vendor'))).toMatchObject({ root: shop, id: 'github.com/acme/shop' })
  })

  it('is found by a worktree that git has pruned, by its first remote, and through relative pointers', async () => {
    const home = tempFolder()
    const shop = makeRepository(path.join(home, 'shop'))
    git(shop, 'remote', 'add', 'upstream', 'https://github.com/upstream/shop')
    const [pruned, relative] = [path.join(home, 'pruned'), path.join(home, 'relative')]
    for (const worktree of [pruned, relative]) git(shop, 'worktree', 'add', '--quiet', worktree)
    rmSync(path.join(shop, '.git/worktrees/pruned'), { recursive: true })
    writeFileSync(path.join(relative, '.git'), 'gitdir: ../shop/.git/worktrees/relative\r\n')
    for (const worktree of [pruned, relative])
      expect(await repositoryFinder().find(worktree)).toMatchObject({ root: shop, id: 'github.com/upstream/shop' })
    renameSync(shop, path.join(home, 'moved'))
    expect(await repositoryFinder().find(pruned)).toEqual({ root: shop, id: undefined, isRead: false })
  })

  it('is not what only looks like one, or cannot be read', async () => {
    const home = tempFolder()
    for (const name of ['empty', 'text', 'pipe', 'closed']) mkdirSync(path.join(home, name))
    mkdirSync(path.join(home, 'empty/.git'))
    writeFileSync(path.join(home, 'text/.git'), 'words')
    const { execFileSync } = await import('node:child_process')
    execFileSync('mkfifo', [path.join(home, 'pipe/.git')])
    makeRepository(path.join(home, 'closed/shop'))
    if (process.getuid?.() !== 0) chmodSync(path.join(home, 'closed'), 0o000)
    else rmSync(path.join(home, 'closed/shop/.git'), { recursive: true })
    for (const name of ['empty', 'text', 'pipe', 'closed/shop', 'missing/shop'])
      expect(await repositoryFinder().find(path.join(home, name))).toBeUndefined()
  })

  it('in the home folder is not the project of everything in it', async () => {
    const home = makeRepository(tempFolder())
    mkdirSync(path.join(home, 'notes'))
    const fixture = ledgerFixture()
    await use(fixture, { cwd: home, branch: '' }, { cwd: path.join(home, 'notes'), session: 'another', branch: '' })
    const store = unlooked(fixture)
    await updateFolders(store, { touched: new Set(), now: 1, home })
    expect(store.folders.all().map(({ project, seen }) => [project, seen])).toEqual([
      [home, 'git'],
      [path.join(home, 'notes'), 'path'],
    ])
    store.close()
  })

  it('on a disk that does not answer keeps a refresh for a moment only, once', async () => {
    const fixture = ledgerFixture()
    await use(fixture, '/mnt/dead/shop', '/srv/live')
    const store = unlooked(fixture)
    const finder = repositoryFinder({
      readFile: (file) =>
        file.startsWith('/mnt/dead/shop') ? new Promise(() => {}) : Promise.reject(Object.assign(new Error(), { code: 'ENOENT' })),
      isFolder: async () => true,
    })
    const update = { touched: new Set<string>(), now: 1, finder, maxLookMs: 50 }
    expect(await updateFolders(store, update)).toBe(1)
    expect(store.folders.needLook([], 1)).toBe(true)
    expect(await updateFolders(store, update)).toBe(1)
    expect(store.folders.needLook([], 1)).toBe(false)
    expect(store.folders.all().map(({ project }) => project)).toEqual(['/mnt/dead/shop', '/srv/live'])
    store.close()
  })
})

describe('folders that are not on this disk', () => {
  it('are one project by their paths: worktrees, subfolders, drive letters, separators', async () => {
    const shop = ledgerFixture()
    const parts = [
      '',
      '/',
      '/packages/api',
      '/packages/web/src',
      '/.claude/worktrees/brave-newt-9a',
      '/.claude/worktrees/calm-fox-77/packages',
    ]
    await use(shop, ...parts.map((part) => `/home/absent/shop${part}`))
    expect(rowsOf(shop)).toMatchObject([{ project: '/home/absent/shop', short_name: 'shop', calls: 6 }])
    expect(rowsOf(shop, 'folder')).toHaveLength(5)
    const app = ledgerFixture()
    await use(app, 'w:\\app', 'W:\\app', 'W:/app/', 'w:\\app\\src')
    expect(rowsOf(app)).toMatchObject([{ project: 'W:\\app', short_name: 'app', calls: 4 }])
    expect(rowsOf(app, 'folder').map(({ folder }) => folder)).toEqual(['W:\\app', 'W:\\app\\src'])
    expect(rowsOf(app, 'folder', { folder: 'w:/app' })).toMatchObject([{ folder: 'W:\\app', calls: 3 }])
  })

  it('belong together where one session without a branch went down, and not because they lie in one home folder', async () => {
    const fixture = ledgerFixture()
    const place = (cwd: string, session: string) => ({ cwd, session, branch: '' })
    await use(
      fixture,
      place('/data/work/notes', 'a'),
      place('/data/work/notes/2026', 'a'),
      place('/data/work', 'b'),
      place('/data/work/other', 'c'),
      place('/data/x', ''),
      place('/data/x/y', ''),
    )
    await use(fixture, place('/home/absent', 'd'), place('/home/absent/thing', 'd'))
    expect(projects(fixture)).toEqual(
      new Map([
        ['/data/work/notes', 2],
        ['/data/work', 1],
        ['/data/work/other', 1],
        ['/data/x', 1],
        ['/data/x/y', 1],
        ['/home/absent', 1],
        ['/home/absent/thing', 1],
      ]),
    )
  })

  it('have the same project in whatever order they become known', async () => {
    const folder = fc.constantFrom('/d/a', '/d/a/b', '/d/a/b/c', '/d/a/.claude/worktrees/x', '/d', '/e/f', 'w:\\a', 'W:\\a\\b')
    const used = fc.record({ folder, session: fc.constantFrom('1', '2'), has_branch: fc.constantFrom(0, 1) })
    fc.assert(
      fc.property(
        fc
          .array(used, { minLength: 1, maxLength: 12 })
          .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([one, other]) => {
          const sorted = (roots: Map<string, string>) => [...roots].sort()
          expect(sorted(rootsByPath(one, new Set(['/e'])))).toEqual(sorted(rootsByPath(other, new Set(['/e']))))
        },
      ),
    )
    const early = ledgerFixture()
    await use(early, { cwd: '/home/absent/shop/api', branch: '' })
    await use(early, '/home/absent/shop')
    expect(projects(early)).toEqual(new Map([['/home/absent/shop', 2]]))
  })
})

describe('what is known of folders', () => {
  it('is found out at the next refresh of a ledger of an older version, without new calls', async () => {
    const shop = makeRepository(path.join(tempFolder(), 'shop'), 'https://github.com/acme/shop')
    const fixture = ledgerFixture()
    await use(fixture, shop, path.join(shop, 'src'))
    unlooked(fixture).close()
    fixture.reopen()
    expect(projects(fixture), 'by paths until then').toEqual(
      new Map([
        [shop, 1],
        [path.join(shop, 'src'), 1],
      ]),
    )
    expect(await fixture.refresh()).toMatchObject({ calls_new: 0, folders_changed: 2 })
    expect(projects(fixture)).toEqual(new Map([['github.com/acme/shop', 2]]))
    expect(await fixture.refresh()).toMatchObject({ folders_changed: 0 })
  })

  it('is sent once, and again when it changes or when the hub is another one', async () => {
    const fixture = ledgerFixture()
    await use(fixture, '/home/absent/shop')
    const { folders, outbox } = fixture.ledger
    const page = folders.next(10)!
    expect(page.folders).toEqual([{ folder: '/home/absent/shop', project: '/home/absent/shop', root: '/home/absent/shop', seen: 'path' }])
    folders.confirm(page)
    expect(folders.next(10)).toBeUndefined()
    outbox.hubChanged('another')
    expect(folders.next(10)).toEqual(page)
  })

  it('is hashed where the folders of calls are, so that worktrees still belong together', async () => {
    const fixture = ledgerFixture({ redactProjects: true })
    const [shop, worktree] = ['/home/absent/shop', '/home/absent/shop/.claude/worktrees/a']
    await use(fixture, shop, worktree)
    const page = fixture.ledger.folders.next(10)!
    expect(JSON.stringify(page.folders)).not.toContain('shop')
    expect(new Set(page.folders.map(({ project }) => project)).size).toBe(1)
    expect(page.folders.map(({ folder }) => folder).sort()).toEqual(
      fixture
        .calls()
        .map(({ cwd }) => cwd)
        .sort(),
    )
    expect(rowsOf(fixture), 'on this machine names are names').toMatchObject([{ project: shop }])
    fixture.ledger.folders.confirm(page)
    expect(fixture.reopen({ redactProjects: false }).folders.next(10)?.folders, 'sent in the other form').toMatchObject([
      { folder: shop },
      { folder: worktree },
    ])
  })

  it('groups several repositories by setting', async () => {
    const fixture = ledgerFixture({ projectGroups: [{ name: 'shop', projects: ['absent/shop-*'] }] })
    await use(fixture, '/home/absent/shop-api', '/home/absent/shop-web', '/home/absent/blog')
    expect(projects(fixture)).toEqual(
      new Map([
        ['shop', 2],
        ['/home/absent/blog', 1],
      ]),
    )
    expect(rowsOf(fixture, 'folder', { project: 'shop' })).toHaveLength(2)
  })
})
