import type { UsageReport, UsageRow } from '@signalbox/contract/usage'
import { describe, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import type { StateRoutes } from '../../test/state-routes.ts'

const HOUR = 3_600_000
const shop = 'github.com/acme/shop'

/** What reports by project promise on any store. */
export function projectSuite(routes: StateRoutes): void {
  const { ask, refused } = routes

  /** A call each, over ten days, so that reports are answered from the sums of days too. */
  const use = (machine_id: string, ...folders: string[]) =>
    ask('POST', '/api/usage/calls', {
      machine_id,
      calls: folders.map((cwd, n) => someCall({ at: new Date(routes.hub.clock.now() - (1 + n * 29) * HOUR).toISOString(), cwd })),
    })
  const sendFolders = (machine_id: string, ...folders: [folder: string, project: string, root?: string][]) =>
    ask('POST', '/api/usage/folders', {
      machine_id,
      folders: folders.map(([folder, project, root = folder]) => ({ folder, project, root, seen: project === root ? 'path' : 'git' })),
    })
  const readReport = async (query: string): Promise<UsageReport> => (await ask('GET', `/api/usage?timezone=UTC&${query}`)).json()
  const counts = async (query: string, group = 'project') =>
    new Map((await readReport(`group=${group}&${query}`)).rows.map((row) => [row[group as keyof UsageRow], row.calls]))

  describe('a project', () => {
    it('is a repository with its worktrees, subfolders and ways to write a folder, also without a word of a machine', async () => {
      await use('a', '/home/u/shop', '/home/u/shop/', '/home/u/shop/.claude/worktrees/brave-newt-9a', 'w:\\app', 'W:\\app', 'W:/app/')
      const { rows, totals } = await readReport('group=project')
      expect(rows.map(({ project, short_name, calls }) => [project, short_name, calls])).toEqual([
        ['/home/u/shop', 'shop', 3],
        ['W:\\app', 'app', 3],
      ])
      expect(totals.calls).toBe(6)
      expect(await counts('', 'folder')).toEqual(
        new Map([
          ['W:\\app', 3],
          ['/home/u/shop', 2],
          ['/home/u/shop/.claude/worktrees/brave-newt-9a', 1],
        ]),
      )
    })

    it('is what the machines have seen, for calls of any time, in every kind of report', async () => {
      await use('a', '/home/u/shop', '/home/u/shop/packages/api', '/tmp/feature', '/home/u/blog')
      await use('b', '/srv/shop')
      const before = await ask('GET', '/api/usage?group=project&timezone=UTC')
      expect(
        (
          await sendFolders(
            'a',
            ['/home/u/shop', shop],
            ['/home/u/shop/packages/api', shop, '/home/u/shop'],
            ['/tmp/feature', shop, '/home/u/shop'],
          )
        ).json(),
      ).toMatchObject({ success: true })
      await sendFolders('b', ['/srv/shop', shop])
      const etag = { 'if-none-match': String(before.headers.etag) }
      expect((await ask('GET', '/api/usage?group=project&timezone=UTC', undefined, etag)).statusCode).toBe(200)
      expect(await counts('')).toEqual(
        new Map([
          [shop, 4],
          ['/home/u/blog', 1],
        ]),
      )
      expect(await counts('machine_id=b')).toEqual(new Map([[shop, 1]]))
      for (const word of [shop, 'shop', 'acme/shop', '/home/u/shop', '/home/u/shop/packages', '/srv/shop/']) {
        const query = `project=${encodeURIComponent(word)}`
        expect(await counts(query), word).toEqual(new Map([[shop, 4]]))
        for (const group of ['day', 'hour', 'session', 'model', 'machine', 'block', 'folder'])
          expect((await readReport(`group=${group}&${query}`)).totals.calls, group).toBe(4)
        expect((await readReport(`group=day&${query}&since=2026-10-05T10:07:00Z`)).totals.calls).toBe(2)
      }
      for (const none of ['', '/home/u', 'acme/*', 'nothing']) expect(await counts(`project=${none}`)).toEqual(new Map())
      expect(await counts('folder=%2Ftmp%2Ffeature')).toEqual(new Map([[shop, 1]]))
      expect(await counts(`folder=%2Fhome%2Fu%2Fblog&project=${shop}`)).toEqual(new Map())
      const split = await readReport('group=month&split=project')
      expect(split.totals.splits?.map(({ name, short_name, calls }) => [name, short_name, calls])).toEqual([
        [shop, 'shop', 4],
        ['/home/u/blog', 'blog', 1],
      ])
      expect((await readReport('group=machine&split=folder')).totals.splits).toHaveLength(5)
    })

    it('is of its own where two machines have other repositories in one folder, as containers do', async () => {
      await use('a', '/workspace', '/workspace/src')
      await use('b', '/workspace')
      await sendFolders('a', ['/workspace', shop], ['/workspace/src', shop, '/workspace'])
      expect(await counts('')).toEqual(new Map([[shop, 3]]))
      await sendFolders('b', ['/workspace', 'github.com/acme/blog'])
      const both = new Map([
        [shop, 2],
        ['github.com/acme/blog', 1],
      ])
      expect(await counts('')).toEqual(both)
      expect(await counts('project=blog')).toEqual(new Map([['github.com/acme/blog', 1]]))
      for (const group of ['day', 'session', 'block']) expect((await readReport(`group=${group}&project=blog`)).totals.calls, group).toBe(1)
      expect((await readReport('group=month&split=project')).totals.splits?.map(({ name, calls }) => [name, calls])).toEqual([...both])
      await ask('POST', '/machines', { machine_id: 'b', hostname: 'b' })
      expect((await ask('POST', '/machines/b/rename', { machine_id: 'c' })).statusCode).toBe(200)
      expect(await counts('')).toEqual(both)
      expect(await refused('DELETE', '/api/data?project=blog&dry_run=true')).toEqual([
        409,
        undefined,
        `The folder /workspace of github.com/acme/blog belongs to ${shop} on another machine`,
      ])
    })

    it('has an id where names are hashed, and its worktrees with it', async () => {
      const [one, two, id] = ['redacted-0123456789abcdef', 'redacted-1123456789abcdef', 'redacted-2123456789abcdef']
      await use('a', one, two)
      await sendFolders('a', [one, id], [two, id])
      expect((await readReport('group=project')).rows).toMatchObject([{ project: id, short_name: id, calls: 2 }])
      expect(await counts(`project=${id}`)).toEqual(new Map([[id, 2]]))
    })

    it('is deleted with all its folders, and nothing else is', async () => {
      await use('a', '/home/u/shop', '/tmp/feature', '/home/u/shop/.claude/worktrees/x', '/home/u/shopping')
      await use('b', '/srv/shop')
      await sendFolders('a', ['/home/u/shop', shop], ['/tmp/feature', shop, '/home/u/shop'])
      await sendFolders('b', ['/srv/shop', 'github.com/other/shop'])
      const session = await routes.fleet.session({ project_id: '/tmp/feature', machine_id: 'a' })
      await routes.fleet.ok('DELETE', `/sessions/${session.session_id}`)
      expect(await refused('DELETE', '/api/data?project=shop&dry_run=true')).toEqual([409, undefined, 'Several projects are called shop'])
      const dry = (await ask('DELETE', '/api/data?project=acme%2Fshop&dry_run=true')).json()
      expect(dry).toMatchObject({ calls: 3, sessions: 1 })
      expect((await ask('DELETE', '/api/data?project=%2Ftmp%2Ffeature&dry_run=true')).json(), 'one folder').toMatchObject({ calls: 1 })
      expect((await ask('DELETE', '/api/data?project=acme%2Fshop&confirm=true')).json()).toMatchObject({ ...dry, dry_run: false })
      expect(await counts('')).toEqual(
        new Map([
          ['/home/u/shopping', 1],
          ['github.com/other/shop', 1],
        ]),
      )
      expect((await routes.hub.store.folders.all()).map(({ machine }) => machine)).toEqual(['b'])
      expect((await use('a', '/tmp/feature')).json()).toMatchObject({ accepted: 0, deleted: 1 })
      expect((await ask('DELETE', '/api/data?machine_id=b&confirm=true')).json()).toMatchObject({ calls: 1 })
      expect(await routes.hub.store.folders.all()).toEqual([])
    })

    it('is reported in a valid form, within the quotas of a key', async () => {
      for (const folder of [
        { folder: '/x', project: '/x', root: '/x' },
        { folder: '/x\n', project: '/x', root: '/x', seen: 'git' },
        { folder: '', project: '/x', root: '/x', seen: 'git' },
      ]) {
        expect((await refused('POST', '/api/usage/folders', { machine_id: 'a', folders: [folder] }))[0]).toBe(400)
      }
      const key = async (more: object) => (await ask('POST', '/api/keys', { name: 'k', scopes: ['ingest'], ...more })).json().key as string
      const send = async (secret: string, machine_id: string, folder: string) =>
        (
          await routes.hub.inject({
            method: 'POST',
            url: '/api/usage/folders',
            headers: { authorization: `Bearer ${secret}` },
            payload: { machine_id, folders: [{ folder, project: folder, root: folder, seen: 'path' }] },
          })
        ).statusCode
      const ofMachine = await key({ machine_id: 'a' })
      expect([await send(ofMachine, 'a', '/x'), await send(ofMachine, 'b', '/x')]).toEqual([200, 403])
      const ofProject = await key({ project_id: 'shop' })
      expect([await send(ofProject, 'a', '/home/u/shop'), await send(ofProject, 'a', '/home/u/blog')]).toEqual([200, 403])
    })
  })
}
