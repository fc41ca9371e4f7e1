import type { ProjectFolder } from '@signalbox/contract/project-folder'
import type { MachineFolder } from '@signalbox/usage/project-map'
import { beforeEach, expect, it } from 'vitest'
import type { Store } from './store.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')
const shop: ProjectFolder = { folder: '/home/u/shop', project: 'github.com/acme/shop', root: '/home/u/shop', seen: 'git' }
const worktree: ProjectFolder = { ...shop, folder: '"W:\\odd "$.😀' }

/** The contract of `FolderStore`, for any store. */
export function folderSuite(open: () => Promise<Store>): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  const all = async () => (await store.folders.all()).sort((a, b) => (a.machine + a.folder < b.machine + b.folder ? -1 : 1))
  const of = (machine: string, ...folders: ProjectFolder[]): MachineFolder[] => folders.map((folder) => ({ machine, ...folder }))

  it('are those that each machine has sent last', async () => {
    expect(await all()).toEqual([])
    await store.folders.put('a', [worktree, shop], { now })
    await store.folders.put('b', [{ ...shop, project: '/home/u/shop', seen: 'path' }], { now })
    await store.folders.put('a', [{ ...shop, project: 'github.com/acme/renamed' }], { now })
    expect(await all()).toEqual([
      ...of('a', worktree, { ...shop, project: 'github.com/acme/renamed' }),
      ...of('b', { ...shop, project: '/home/u/shop', seen: 'path' }),
    ])
  })

  it('change the revision, and that of usage reports', async () => {
    const revisions = async () => [await store.folders.revision(), (await store.usage.state()).revision] as const
    const [folders, usage] = await revisions()
    await store.folders.put('a', [shop], { now })
    const [foldersAfter, usageAfter] = await revisions()
    expect(foldersAfter).toBeGreaterThan(folders)
    expect(usageAfter).toBeGreaterThan(usage)
    await store.folders.remove({ machine: 'a' }, { now })
    const [foldersLast, usageLast] = await revisions()
    expect(foldersLast).toBeGreaterThan(foldersAfter)
    expect(usageLast).toBeGreaterThan(usageAfter)
    expect((await store.usage.state()).lastIngestAt).toBeUndefined()
  })

  it('are removed by machine, or by folder on every machine', async () => {
    for (const machine of ['a', 'b']) await store.folders.put(machine, [shop, worktree], { now })
    await store.folders.remove({ folder: worktree.folder }, { now })
    expect(await all()).toEqual([...of('a', shop), ...of('b', shop)])
    await store.folders.remove({ machine: 'a' }, { now })
    expect(await all()).toEqual(of('b', shop))
  })

  it('move to another machine, which keeps its own', async () => {
    await store.folders.put('a', [shop, worktree], { now })
    await store.folders.put('b', [{ ...shop, project: 'own' }], { now })
    await store.folders.move('a', 'b', { now })
    expect(await all()).toEqual(of('b', worktree, { ...shop, project: 'own' }))
  })
}
